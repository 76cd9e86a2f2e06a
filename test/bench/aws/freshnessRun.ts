import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { count, countDistinct, defineApp, event, metric, t, toAppDocument } from "@freshet/model";
import { createReader } from "@freshet/serving-layer";
import { createProducer, systemClock } from "@freshet/sdk";
import { createKinesisClient, createKinesisStream, kinesisTransport } from "@freshet/sdk/kinesis";
import {
  createRandom,
  createRequestHandler,
  createSimulatedKinesis,
  listenToBoth,
} from "@freshet/simulators";
import { publishApp, startSpeedLayer } from "@freshet/speed-layer";
import { type AwsLineConfig, openDataStore, openDuckDb } from "@freshet/storage";
import { createDynalite, createMemoryS3, makeTestTable, serverDynamoClient } from "@freshet/storage/testing";
import { pino } from "pino";
import { listenTo } from "../../aws/wire/listener.js";
import { askedBy } from "../../aws/wire/serviceOf.js";
import { delayed, watchReads, watchSegments } from "./watched.js";

const NAME = "freshness";
const CREDENTIALS = { accessKeyId: "key", secretAccessKey: "secret" } as const;
const SHARDS = 4;
/** What services take to answer, beside what these take themselves: as on AWS, from within a region. */
export const LATENCY_MS = { kinesis: 15, dynamodb: 6, s3: 40 } as const;
export const LOAD_PER_SECOND = 500;
const LOAD_EVERY_MS = 100;
const WARM_UP_MS = 8_000;
export const PROBES = 400;
const PROBE_EVERY_MAX_MS = 120;
const STRAGGLERS_MS = 15_000;
const LOOK_EVERY_MS = 5;
const NEW_LOG = { shards: SHARDS, segmentMs: 1_000, segmentEventsMax: 100_000, dedupeHorizonMs: 120_000 };

const seen = event("seen", { probe: t.string(), user: t.string() });
const app = defineApp({
  name: "freshness",
  events: [seen],
  metrics: [
    metric("probes", seen, {
      by: (e) => ({ probe: e.probe }),
      measures: (e) => ({ events: count(), users: countDistinct(e.user) }),
      pane: "1m",
    }),
  ],
});

/** Of one probe: how long each part of its way took, in milliseconds. */
export interface ProbeParts {
  /** `emit` to the log's own stamp. */
  readonly toLog: number;
  /** To the worker that folds it. */
  readonly toFold: number;
  /** To its segment's record in DynamoDB. */
  readonly toIncrement: number;
  /** To a reader's answers. */
  readonly toVisible: number;
  readonly whole: number;
  /** One question, asked then. */
  readonly answer: number;
}

export interface FreshnessRun {
  readonly probes: readonly ProbeParts[];
  /** Of each sort, of one speed worker and one reader together, a second and shard. */
  readonly requests: ReadonlyMap<string, number>;
}

interface Probe {
  readonly emittedMs: number;
  readonly shard: string;
  readonly sequence: bigint;
  readonly loggedMs: number;
}

const openServices = async () => {
  const kinesis = createSimulatedKinesis({
    seed: NAME,
    clock: systemClock,
    latencyMs: () => LATENCY_MS.kinesis,
  });
  await kinesis.service.call("CreateStream", { StreamName: NAME, ShardCount: SHARDS });
  const watched = watchReads(kinesis.service);
  const written = new Map<string, { readonly last: bigint; readonly atMs: number }[]>();
  const dynalite = createDynalite();
  const dynamodb = watchSegments(
    (request, response) => void dynalite.emit("request", request, response),
    (shard, last) => {
      const writes = written.get(shard) ?? [];
      writes.push({ last, atMs: Date.now() });
      written.set(shard, writes);
    },
  );
  const listeners = {
    kinesis: listenTo(createRequestHandler(watched.service, systemClock)),
    dynamodb: delayed(dynamodb, LATENCY_MS.dynamodb),
    s3: delayed(listenTo(createMemoryS3(NAME).handler), LATENCY_MS.s3),
  };
  const requests = new Map<string, number>();
  const listener = await listenToBoth(0, (request, response) => {
    const { service, operation } = askedBy(request);
    requests.set(`${service} ${operation}`, (requests.get(`${service} ${operation}`) ?? 0) + 1);
    listeners[service](request, response);
  });
  const client = serverDynamoClient(listener.endpoint);
  await makeTestTable(client, NAME);
  client.destroy();
  return {
    endpoint: listener.endpoint,
    /** How many of each came so far. */
    requests: (): ReadonlyMap<string, number> => new Map(requests),
    readMs: (sequence: bigint): number => watched.readMs.get(String(sequence)) ?? Number.NaN,
    /** When a record lay in a stored segment first. */
    writtenMs: (shard: string, sequence: bigint): number =>
      written.get(shard)?.find(({ last }) => last >= sequence)?.atMs ?? Number.NaN,
    arrivalMs: (sequence: bigint): number =>
      kinesis.recordsOf(NAME).find((record) => BigInt(record.sequence) === sequence)?.arrivalMs ?? Number.NaN,
    close: () => listener.close(),
  };
};

/** Probes through producer SDK, Kinesis, a speed layer in a thread and a reader, at a load, with AWS' default pace. */
export const runFreshness = async (more: Partial<AwsLineConfig>, seed: number): Promise<FreshnessRun> => {
  const logger = pino({ level: "fatal" });
  const dir = await mkdtemp(join(tmpdir(), "freshet-bench-"));
  const services = await openServices();
  const { endpoint } = services;
  const store: AwsLineConfig = {
    kind: "aws",
    region: "us-east-1",
    stream: NAME,
    table: NAME,
    bucket: NAME,
    localDir: join(dir, "local"),
    endpoints: { kinesis: endpoint, dynamodb: endpoint, s3: endpoint },
    credentials: CREDENTIALS,
    ...more,
  };
  const data = await openDataStore(store, { create: NEW_LOG });
  await publishApp(data.records, data.log, toAppDocument(app), Date.now());
  const duckdb = await openDuckDb({ memoryMb: 200, threads: 1, tempDir: join(dir, "tmp") });
  const reader = await createReader({ data, duckdb, logger, now: Date.now });
  const speed = await startSpeedLayer({ store, threads: 1, logger });
  const client = createKinesisClient({ region: store.region, endpoint, credentials: { ...CREDENTIALS } });
  const producer = createProducer<{ seen: { probe: string; user: string } }>({
    transport: kinesisTransport({ stream: createKinesisStream(client, { StreamName: NAME }) }),
  });

  const random = createRandom(seed, "probes");
  const emitLoad = (): void => {
    for (let more = (LOAD_PER_SECOND * LOAD_EVERY_MS) / 1000; more > 0; more--)
      void producer.emit("seen", {
        probe: `load-${random.integer(1000)}`,
        user: `user-${random.integer(9999)}`,
      });
  };
  const parts: ProbeParts[] = [];
  const waiting = new Map<string, { readonly emittedMs: number; probe: Probe | null }>();

  const emitProbe = async (name: string): Promise<void> => {
    const emittedMs = Date.now();
    const noted: { readonly emittedMs: number; probe: Probe | null } = { emittedMs, probe: null };
    waiting.set(name, noted);
    const outcome = await producer.emit("seen", { probe: name, user: name });
    if (outcome.kind !== "stored" || !outcome.position) throw new Error(`a probe was ${outcome.kind}`);
    const { shard, sequence } = outcome.position;
    noted.probe = {
      emittedMs,
      shard,
      sequence: BigInt(sequence),
      loggedMs: services.arrivalMs(BigInt(sequence)),
    };
  };
  const look = async (): Promise<void> => {
    for (const [name, { probe }] of waiting) {
      if (!probe) continue;
      const askedMs = performance.now();
      const { values } = await reader.value("probes", { key: { probe: name }, window: "1h" });
      const answer = performance.now() - askedMs;
      if (!values || Number(values["events"]) !== 1) continue;
      const visibleMs = Date.now();
      waiting.delete(name);
      const [readMs, writtenMs] = [
        services.readMs(probe.sequence),
        services.writtenMs(probe.shard, probe.sequence),
      ];
      parts.push({
        toLog: probe.loggedMs - probe.emittedMs,
        toFold: readMs - probe.loggedMs,
        toIncrement: writtenMs - readMs,
        toVisible: visibleMs - writtenMs,
        whole: visibleMs - probe.emittedMs,
        answer,
      });
    }
  };

  let version = "";
  let isOver = false;
  const looking = (async () => {
    while (!isOver) {
      if (reader.version() !== version) {
        version = reader.version();
        await look();
      }
      await sleep(LOOK_EVERY_MS);
    }
  })();
  const load = setInterval(emitLoad, LOAD_EVERY_MS);
  try {
    await sleep(WARM_UP_MS);
    const [before, fromMs] = [services.requests(), performance.now()];
    const emitting: Promise<void>[] = [];
    for (let probe = 0; probe < PROBES; probe++) {
      await sleep(random.integer(PROBE_EVERY_MAX_MS));
      emitting.push(emitProbe(`probe-${probe}`));
    }
    await Promise.all(emitting);
    for (const untilMs = performance.now() + STRAGGLERS_MS; parts.length < PROBES; await sleep(20))
      if (performance.now() > untilMs)
        throw new Error(`${PROBES - parts.length} of ${PROBES} probes were never seen`);
    const perShard = 1000 / (performance.now() - fromMs) / SHARDS;
    const requests = [...services.requests()].map(
      ([name, all]) => [name, (all - (before.get(name) ?? 0)) * perShard] as const,
    );
    return { probes: parts, requests: new Map(requests) };
  } finally {
    clearInterval(load);
    isOver = true;
    await looking;
    await producer.close();
    client.destroy();
    await speed.stop();
    await reader.close();
    await duckdb.close();
    await data.close();
    await services.close();
    await rm(dir, { recursive: true, force: true });
  }
};
