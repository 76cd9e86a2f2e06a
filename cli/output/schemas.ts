import { REASONS } from "@freshet/model";
import { answerSchemas, bookSchemas, letterSchemas, sqlSchemas } from "@freshet/serving-layer";
import { SCOPES } from "@freshet/storage";
import Type, { type TProperties, type TSchema } from "typebox";

const object = <T extends TProperties>(properties: T) =>
  Type.Object(properties, { additionalProperties: false });
const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const oneOf = (values: readonly string[]) => Type.Union(values.map((value) => Type.Literal(value)));
const count = Type.Integer({ minimum: 0 });
const instant = Type.String({ format: "date-time" });
const text = Type.String();

const { ledger, disagreements, cut } = answerSchemas.StatusAnswerSchema.properties;
const range = { shard: text, firstSequence: text, lastSequence: text };
const stopped = object({ stopped: Type.Literal(true) });
const stage = oneOf(["staging", "production"]);
const deploy = object({
  stage,
  stacks: Type.Array(object({ name: text, status: text })),
  storeFile: text,
  published: Type.Boolean(),
});
const served = object({ address: text });

const replay = object({
  kind: oneOf(["finished", "interrupted"]),
  rows: count,
  malformed: count,
  unmapped: count,
  leftOut: count,
  events: count,
  rejected: count,
  readBytes: count,
  totalBytes: nullable(count),
  eventsPerSecond: Type.Number({ minimum: 0 }),
  leftMs: nullable(Type.Number({ minimum: 0 })),
  resumedAfterRows: count,
  compression: oneOf(["none", "gzip", "zstd"]),
  format: Type.Union([
    object({ kind: Type.Literal("ndjson") }),
    object({ kind: Type.Literal("csv"), delimiter: text }),
  ]),
  ledger,
});

const batch = object({
  published: Type.Boolean(),
  generation: nullable(count),
  elapsedMs: count,
  ledger: nullable(ledger),
  disagreements,
  job: nullable(object({ name: text, arguments: Type.Array(text) })),
});

const deadLetters = object({
  total: count,
  letters: Type.Array(
    object({
      shard: text,
      sequence: text,
      subsequence: count,
      arrival: instant,
      reason: oneOf(REASONS),
      detail: text,
      type: nullable(text),
      id: nullable(text),
      time: nullable(instant),
      body: text,
      place: text,
      replay: nullable(object({ id: text, at: instant })),
    }),
  ),
  next: nullable(text),
});

const generations = object({
  generations: Type.Array(
    object({
      generation: count,
      stands: Type.Boolean(),
      created: instant,
      parent: nullable(count),
      code: text,
      ledger,
      cut,
    }),
  ),
});

const both = <T extends TSchema>(schema: T) => Type.Tuple([schema, schema]);
const exact = Type.Union([Type.Integer(), Type.String({ pattern: "^-?\\d+$" })]);
const compared = object({
  generations: both(count),
  ledgers: both(ledger),
  metrics: Type.Array(
    object({
      metric: text,
      definitions: both(nullable(text)),
      groups: both(count),
      onlyFirst: count,
      onlySecond: count,
      differing: count,
      days: Type.Array(Type.String({ format: "date" })),
      totals: Type.Array(object({ measure: text, values: both(exact) })),
    }),
  ),
});

const doctor = object({
  findings: Type.Array(
    object({
      verdict: oneOf(["ok", "warning", "problem"]),
      what: text,
      found: text,
      advice: Type.Optional(text),
    }),
  ),
  problems: count,
});

const landed = Type.Union([
  stopped,
  object({ records: count, rows: count, files: Type.Array(text) }),
  object({
    objects: count,
    rows: count,
    waiting: count,
    refused: Type.Array(text),
    filled: Type.Array(object(range)),
    mended: count,
    failed: count,
  }),
]);

const projected = Type.Union([
  object({ written: count, removed: count, superseded: count, refused: count, letters: count }),
  object({ file: text, objects: count }),
]);

const keyFields = {
  id: text,
  name: text,
  scopes: Type.Array(oneOf(SCOPES)),
  requestsPerSecond: nullable(Type.Number({ exclusiveMinimum: 0 })),
  created: instant,
  revoked: nullable(instant),
};

const amount = Type.Number({ minimum: 0 });
const latencies = object({
  count,
  ...{
    meanMs: amount,
    p50Ms: amount,
    p90Ms: amount,
    p99Ms: amount,
    p999Ms: amount,
    p9999Ms: amount,
    maxMs: amount,
  },
});
const counted = object({
  ...{
    records: Type.Integer(),
    events: Type.Integer(),
    accepted: Type.Integer(),
    duplicates: Type.Integer(),
  },
  rejected: Type.Record(Type.String(), Type.Integer()),
});
const percentiles = Type.Array(object({ percentile: amount, ms: amount }));
const loadRun = object({
  ...{ workload: text, target: text, startedAt: instant, durationMs: amount, warmUpMs: amount },
  ...{ settledMs: amount, countedMs: amount },
  counts: object({
    ...{ sent: count, stored: count, rejected: count, failed: count, waiting: count, throttled: count },
    behindMaxMs: amount,
  }),
  ...{ acceptance: latencies, freshness: latencies },
  probes: object({ sent: count, seen: count }),
  correctness: object({
    verdict: oneOf(["equal", "live duplicates", "unknown", "wrong"]),
    ...{ points: count, expected: counted, counted, differences: Type.Array(text) },
  }),
  failures: Type.Array(text),
  seconds: Type.Array(
    object({
      second: count,
      sent: count,
      stored: count,
      throttled: count,
      waiting: count,
      acceptance: latencies,
    }),
  ),
  freshSeconds: Type.Array(object({ second: count, maxMs: amount, unseen: Type.Integer() })),
  distributions: object({ acceptance: percentiles, freshness: percentiles }),
});
const load = object({
  format: Type.Literal(1),
  mode: oneOf(["hold", "search"]),
  freshnessMsMax: amount,
  machine: object({ node: text, cpu: text, cores: count }),
  steps: Type.Array(object({ perSecond: amount, held: Type.Boolean(), because: nullable(text) })),
  highestPerSecond: nullable(amount),
  runs: Type.Array(loadRun),
});

const calibrated = { format: Type.Literal(1), measuredAt: instant, machine: text };
const calibrate = object({
  ...calibrated,
  measured: object({
    ...{ eventBytes: amount, speedUsPerEvent: amount, speedUsPerGroup: amount, bodyBytesOfFirst: amount },
    ...{
      bodyBytesOfMore: amount,
      bodyBytesOfMost: amount,
      landUsPerEvent: amount,
      lakeBytesPerEvent: amount,
      batchUsPerEvent: amount,
    },
  }),
});
const taskSize = { vcpus: count, memoryMib: count };
const plan = object({
  format: Type.Literal(1),
  question: object({
    ...{ eventsPerSecond: amount, eventBytes: amount, keys: amount, retentionDays: amount },
    eventsPerRecord: Type.Optional(count),
    ...{ skew: amount, freshnessMs: amount, logDays: amount, replicas: count, peak: amount },
    landing: oneOf(["firehose", "workers"]),
  }),
  needs: object({
    sizes: object({
      shards: count,
      worker: object({ ...taskSize, count }),
      serving: object({ ...taskSize, least: count, most: count }),
      fold: object({ memoryMib: count }),
      batch: object(taskSize),
      spark: object({ executorsMax: count }),
      search: object({ nodes: count, volumeGib: count }),
    }),
    reading: oneOf(["polling", "fan_out"]),
    ...{
      putUnitsPerSecond: amount,
      bytesPerSecond: amount,
      groupsPerSegment: amount,
      bodyBytesPerSegment: amount,
    },
    bodiesIn: oneOf(["records", "lake"]),
    ...{
      writeUnitsPerSecond: amount,
      readUnitsPerSecond: amount,
      putsPerSecond: amount,
      getsPerSecond: amount,
    },
    ...{
      speedVcpus: amount,
      landingWorkers: count,
      batchVcpuHoursPerDay: amount,
      lakeGb: amount,
      tableGb: amount,
    },
  }),
  costs: Type.Array(object({ part: text, usdPerMonth: amount, atMostUsdPerMonth: amount, because: text })),
  ...{ usdPerMonth: amount, atMostUsdPerMonth: amount, usdPerBillionEvents: amount },
  limits: Type.Array(object({ what: text, times: amount, then: text })),
  whatIf: Type.Array(object({ change: text, shards: count, workers: count, usdPerMonth: amount })),
  scale: object({
    ...{ eventsPerSecond: count, bytesPerEvent: count, keys: count },
    ...{ eventsPerRecord: count, eventsPerVcpu: count },
    retention: object({ stream: text, lake: text }),
  }),
  prices: object({ region: text, asOf: text, source: text }),
  coefficients: object(calibrated),
});

/** What each command prints with `--json`, as JSON Schema; kept in docs/schemas. */
export const commandSchemas: Readonly<Record<string, TSchema>> = {
  init: object({ directory: text, files: Type.Array(text) }),
  dev: served,
  replay,
  load,
  calibrate,
  plan,
  speed: stopped,
  land: landed,
  batch,
  runs: bookSchemas.RunsAnswerSchema,
  deploy,
  destroy: object({ stage, kept: Type.Array(text) }),
  serve: served,
  project: projected,
  top: answerSchemas.TopAnswerSchema,
  series: answerSchemas.SeriesAnswerSchema,
  value: answerSchemas.ValueAnswerSchema,
  sql: sqlSchemas.SqlAnswerSchema,
  status: answerSchemas.StatusAnswerSchema,
  "dead-letters": deadLetters,
  mend: letterSchemas.ReplayAnswer,
  generations,
  drift: bookSchemas.DriftAnswerSchema,
  ledger: bookSchemas.LedgerAnswerSchema,
  compare: compared,
  catalogue: object({ statements: Type.Array(text) }),
  revert: object({ generation: count, from: count, revision: count }),
  "write-off": object({ ...range, reason: text }),
  migrate: object({ from: count, to: count, steps: Type.Array(text), done: Type.Boolean() }),
  backup: object({ target: text, ledger }),
  restore: object({ ledger, equal: Type.Literal(true) }),
  doctor,
  "keys create": object({ ...keyFields, key: text }),
  "keys list": object({ keys: Type.Array(object(keyFields)) }),
  "keys revoke": object(keyFields),
};
