import { join } from "node:path";
import { createReader, type Reader } from "@freshet/serving-layer";
import { createRandom } from "@freshet/simulators";
import { publishApp, type SpeedLayer, type SpeedSettings, startSpeedLayer } from "@freshet/speed-layer";
import {
  type DataStore,
  type DuckDb,
  type LogCreation,
  type LogEntry,
  openDataStore,
  openDuckDb,
  unpackRecord,
} from "@freshet/storage";
import { pino } from "pino";
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
  inlineBytesMax: 512,
};
const NO_FAULTS: WireFaults = { answerLost: 0, throttled: 0 };
const APPEND_ATTEMPTS_MAX = 200;

/** A process that folds, with its wire to AWS. */
export interface Worker {
  readonly name: string;
  readonly wire: Wire;
  readonly speed: SpeedLayer;
}

export interface WireWorldOptions {
  readonly seed: number;
  readonly shards: number;
  readonly directory: string;
  readonly faults: WireFaults;
}

/** The whole line on AWS' protocols: every process with sockets and clients of its own. */
export const createWireWorld = async ({ seed, shards, directory, faults }: WireWorldOptions) => {
  const services = await startServices(shards, { seed });
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
    services.configOf(wire.endpoint, join(directory, name), { pollMs: 250 });
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
      const outcomes = await line.log.append(left);
      left = left.filter((_, index) => outcomes[index]?.kind !== "stored");
      if (left.length > 0) await line.log.wait(50);
    }
  };

  return {
    services,
    data,
    line,
    duckdb,
    met,
    async startWorker(name: string): Promise<Worker> {
      const wire = await newWire(name);
      const store = configAt(name, wire);
      const speed = await startSpeedLayer({ store, threads: 0, logger, settings: SETTINGS });
      return { name, wire, speed };
    },
    async send(sents: readonly Sent[]): Promise<void> {
      for (const sent of sents)
        sentByText.set(sent.kind === "bad" ? sent.text : JSON.stringify(sent.visit), sent);
      await append(entriesOf(sents, await data.log.shards(), random));
    },
    /** Of all that lies in the log, as the service has it: whoever appended it, and however often. */
    oracle(): Oracle {
      const oracle = createOracle();
      for (const { data: bytes } of services.kinesis.recordsOf(STREAM)) {
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
