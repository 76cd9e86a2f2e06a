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
const delivered = object({
  objects: count,
  rows: count,
  waiting: count,
  refused: Type.Array(text),
  filled: Type.Array(object(range)),
  mended: count,
  failed: count,
});
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

const keyFields = {
  id: text,
  name: text,
  scopes: Type.Array(oneOf(SCOPES)),
  requestsPerSecond: nullable(Type.Number({ exclusiveMinimum: 0 })),
  created: instant,
  revoked: nullable(instant),
};

/** What each command prints with `--json`, as JSON Schema; kept in docs/schemas. */
export const commandSchemas: Readonly<Record<string, TSchema>> = {
  init: object({ directory: text, files: Type.Array(text) }),
  dev: served,
  replay,
  speed: stopped,
  land: Type.Union([stopped, object({ records: count, rows: count, files: Type.Array(text) }), delivered]),
  batch,
  deploy,
  destroy: object({ stage, kept: Type.Array(text) }),
  serve: served,
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
