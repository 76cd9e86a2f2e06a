import { join } from "node:path";
import { type FirehoseLanded, landFirehose, runBatch, transformDelivery } from "@freshet/batch-layer";
import { createDice, createTestFirehose, DELIVERED, FAILED } from "@freshet/batch-layer/testing";
import type { GenerationManifest, SegmentRecord, ShardId } from "@freshet/model";
import { createReader, type Reader } from "@freshet/serving-layer";
import { createRandom, type FaultRule } from "@freshet/simulators";
import {
  publishApp,
  type ReplayFrom,
  type SpeedLayer,
  type SpeedSettings,
  startSpeedLayer,
} from "@freshet/speed-layer";
import {
  type AppendOutcome,
  type DataStore,
  type DuckDb,
  type LogCreation,
  type LogEntry,
  openDataStore,
  openDuckDb,
  type Shard,
  StorageError,
  unpackRecord,
} from "@freshet/storage";
import { type Logger, pino } from "pino";
import { lawApp } from "../../laws/app.js";
import { createOracle, type Oracle } from "../../laws/oracle.js";
import type { Sent } from "../../laws/stream.js";
import { startServices, STREAM } from "../wire/services.js";
import { noWireMet, openWire, type Wire, type WireFaults } from "../wire/wire.js";
import { entriesOf } from "./entries.js";

export const logger = pino({ level: process.env["LAWS_LOG"] ?? "fatal" });

const LOG: Omit<LogCreation, "shards"> = {
  segmentMs: 1_000,
  segmentEventsMax: 40,
  // Copies of retried appends lie as far apart as a throttled producer is slow.
  dedupeHorizonMs: 120_000,
};
export const LEASE_TTL_MS = 1_500;
const SETTINGS: Partial<SpeedSettings> = {
  flushAfterMs: 300,
  heartbeatAfterMs: 1_500,
  scheduleAheadMs: 2_000,
  leaseTtlMs: LEASE_TTL_MS,
  pollAfterMs: 100,
  inlineBytesMax: 512,
};
/** AWS names no figure; the world shall not wait for it. */
const FAN_OUT_QUIET_MS = 500;
const NO_FAULTS: WireFaults = { answerLost: 0, throttled: 0 };
const APPEND_ATTEMPTS_MAX = 200;
const BATCH_ATTEMPTS_MAX = 5;
const SEGMENTS_MAX = 100_000;

/** A process that folds, with its wire to AWS. */
export interface Worker {
  readonly name: string;
  readonly wire: Wire;
  readonly speed: SpeedLayer;
  /** What it said: of shards taken up, and of what went wrong. */
  readonly said: { started: number; conflicts: number };
}

/** Lost answers, running: what was stored all the same comes twice. */
const noneIfUnavailable = (error: unknown): readonly AppendOutcome[] => {
  if (error instanceof StorageError && error.kind === "unavailable") return [];
  throw error;
};

/** Counts what a worker says; level 30 and up. */
const listener = (said: Worker["said"]): Logger =>
  pino(
    { level: "info" },
    {
      write(line: string) {
        const { msg } = JSON.parse(line) as { readonly msg: string };
        if (msg === "folding a shard") said.started++;
        if (msg === "a stored segment differs from what was folded") said.conflicts++;
        if (process.env["LAWS_LOG"]) process.stderr.write(line);
      },
    },
  );

export interface WireWorldOptions {
  readonly seed: number;
  readonly shards: number;
  readonly directory: string;
  readonly faults: WireFaults;
  readonly kinesisFaults: readonly FaultRule[];
  /** How workers read the stream. */
  readonly reader: "polling" | "fanOut";
}

/** The whole line on AWS' protocols: every process with sockets and clients of its own. */
export const createWireWorld = async (options: WireWorldOptions) => {
  const { seed, shards, directory, faults } = options;
  const services = await startServices(shards, {
    seed,
    faults: options.kinesisFaults,
    limits: { fanOutQuietMs: FAN_OUT_QUIET_MS },
  });
  const wires: Wire[] = [];
  const stores: DataStore[] = [];
  const met = noWireMet();
  const newWire = async (name: string, its = faults): Promise<Wire> => {
    const random = createRandom("wire", seed, name);
    const wire = await openWire(services.listeners, { random, faults: its, met });
    wires.push(wire);
    return wire;
  };
  const configAt = (name: string, wire: Wire) =>
    services.configOf(wire.endpoint, join(directory, name), {
      pollMs: 250,
      reader: options.reader,
    });
  /** The store as another process sees it. */
  const openAs = async (name: string, its = faults): Promise<DataStore> => {
    const data = await openDataStore(configAt(name, await newWire(name, its)), {
      create: { shards, ...LOG },
    });
    stores.push(data);
    return data;
  };

  await services.makeTable((await newWire("maker", NO_FAULTS)).endpoint);
  const data = await openAs("watcher", NO_FAULTS);
  const line = await openAs("batch");
  const duckdb: DuckDb = await openDuckDb({ memoryMb: 400, threads: 1, tempDir: join(directory, "tmp") });
  await publishApp(data.records, data.log, lawApp, Date.now());

  const sentByText = new Map<string, Sent>();
  const random = createRandom("entries", seed);
  const append = async (entries: readonly LogEntry[]): Promise<void> => {
    let left = entries;
    for (let attempt = 0; left.length > 0; attempt++) {
      if (attempt > APPEND_ATTEMPTS_MAX) throw new Error(`${left.length} records found no room`);
      const outcomes = await line.log.append(left).catch(noneIfUnavailable);
      left = left.filter((_, index) => outcomes[index]?.kind !== "stored");
      if (left.length > 0) await line.log.wait(50);
    }
  };

  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(action: () => Promise<T>): Promise<T> => {
    const mine = turn.then(action);
    turn = mine.catch(() => undefined);
    return mine;
  };
  const firehose = createTestFirehose(line.log, line.lake, createDice(seed), transformDelivery);

  return {
    services,
    data,
    line,
    duckdb,
    met,
    async startWorker(name: string, replayFrom?: ReplayFrom): Promise<Worker> {
      const wire = await newWire(name);
      const store = configAt(name, wire);
      const said: Worker["said"] = { started: 0, conflicts: 0 };
      const speed = await startSpeedLayer({
        store,
        threads: 0,
        logger: listener(said),
        settings: SETTINGS,
        ...(replayFrom && { replayFrom }),
      });
      return { name, wire, speed, said };
    },
    send: (sents: readonly Sent[]): Promise<void> =>
      inTurn(async () => {
        for (const sent of sents)
          sentByText.set(sent.kind === "bad" ? sent.text : JSON.stringify(sent.visit), sent);
        await append(entriesOf(sents, await data.log.shards(), random));
      }),
    /** While nothing is on its way: an aggregate must not find a shard split that it was made for. */
    async split(): Promise<{ readonly parent: ShardId; readonly children: readonly [ShardId, ShardId] }> {
      return inTurn(async () => {
        const { id, hashRange } = random.pick((await data.log.shards()).filter(({ closed }) => !closed));
        return { parent: id, children: await data.log.split(id, (hashRange.first + hashRange.last) / 2n) };
      });
    },
    async merge(): Promise<void> {
      await inTurn(async () => {
        const open = (await data.log.shards())
          .filter(({ closed }) => !closed)
          .sort((a, b) => (a.hashRange.first < b.hashRange.first ? -1 : 1));
        const at = random.integer(open.length - 1);
        await data.log.merge((open[at] as Shard).id, (open[at + 1] as Shard).id);
      });
    },
    firehose,
    land: (fillAfterMs?: number): Promise<FirehoseLanded> =>
      landFirehose({
        data: line,
        duckdb,
        logger,
        now: Date.now,
        prefix: DELIVERED,
        errorPrefix: FAILED,
        ...(fillAfterMs !== undefined && { fillAfterMs }),
      }),
    async batch(rebuild = false): Promise<GenerationManifest | null> {
      for (let attempt = 0; attempt < BATCH_ATTEMPTS_MAX; attempt++) {
        const result = await runBatch({ data: line, duckdb, logger, rebuild });
        if (result.kind === "published" || result.kind === "unchanged") return result.manifest;
        if (result.kind !== "superseded") throw new Error(`the batch run ended ${result.kind}`);
      }
      throw new Error("others were first, again and again");
    },
    async segments(): Promise<ReadonlyMap<ShardId, readonly SegmentRecord[]>> {
      const found = new Map<ShardId, readonly SegmentRecord[]>();
      for (const { id } of await data.log.shards())
        found.set(id, await data.increments.segments(id, null, SEGMENTS_MAX));
      return found;
    },
    /** Of what lies in the log, as the service has it: whoever appended it, and however often; all, or what arrived before. */
    oracle(beforeMs = Number.POSITIVE_INFINITY): Oracle {
      const oracle = createOracle();
      for (const { data: bytes, arrivalMs } of services.kinesis.recordsOf(STREAM)) {
        if (arrivalMs >= beforeMs) continue;
        const unpacked = unpackRecord(bytes);
        if (unpacked.kind !== "events") continue;
        for (const event of unpacked.events) {
          const sent = sentByText.get(Buffer.from(event).toString("utf8"));
          if (!sent) throw new Error("a record that nobody sent");
          oracle.add(sent);
        }
      }
      return oracle;
    },
    async withReader<T>(ask: (reader: Reader) => Promise<T>): Promise<T> {
      const reader = await createReader({ data: line, duckdb, logger, now: Date.now });
      try {
        return await ask(reader);
      } finally {
        await reader.close();
      }
    },
    async close(): Promise<void> {
      await Promise.allSettled(stores.map((store) => store.close()));
      await Promise.all(wires.map((wire) => wire.close()));
      await duckdb.close();
      await services.close();
    },
  };
};

export type WireWorld = Awaited<ReturnType<typeof createWireWorld>>;
