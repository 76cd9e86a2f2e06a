import { join } from "node:path";
import { revertTo, runBatch, startLanding } from "@freshet/batch-layer";
import type { EpochMs } from "@freshet/model";
import type { Random } from "@freshet/simulators";
import { createReader, type Reader } from "@freshet/serving-layer";
import { publishApp, startSpeedLayer } from "@freshet/speed-layer";
import {
  type DataDirectory,
  type DuckDb,
  heartbeatRecord,
  type LogEntry,
  openDataDirectory,
  openDuckDb,
} from "@freshet/storage";
import { pino } from "pino";
import { lawApp } from "./app.js";
import { createOracle } from "./oracle.js";
import type { Sent } from "./stream.js";

const logger = pino({ level: "fatal" });
/** 2026-03-28T22:00Z: the local day that follows has 23 hours. */
const BEGIN_MS = Date.parse("2026-03-28T22:00:00Z");
const HORIZON_MS = 30_000;
/** An event beyond live's horizon is at least this much younger in arrival. */
export const FAR_MS = HORIZON_MS + 5_000;
const RECORDS_PER_SEGMENT_MAX = 40;

/** The whole line over one temporary directory, its arrival clock in our hands. */
export const createWorld = async (directory: string, random: Random) => {
  const data: DataDirectory = await openDataDirectory(join(directory, "data"), {
    create: {
      shards: 2 + random.integer(3),
      segmentMs: 1000,
      segmentEventsMax: RECORDS_PER_SEGMENT_MAX,
      dedupeHorizonMs: HORIZON_MS,
    },
  });
  const duckdb: DuckDb = await openDuckDb({ memoryMb: 400, threads: 1, tempDir: join(directory, "tmp") });
  await publishApp(data.records, data.log, lawApp, Date.now());
  const oracle = createOracle();
  let nowMs = BEGIN_MS;

  const entryOf = (sent: Sent): LogEntry => {
    const disorder = random.chance(0.1) ? -random.integer(1_500) : 0;
    const arrivalMs = (nowMs + disorder) as EpochMs;
    if (sent.kind === "bad") {
      return { partitionKey: sent.text.slice(0, 40), data: Buffer.from(sent.text), arrivalMs };
    }
    const elsewhere = sent.kind === "cross" ? `elsewhere${random.integer(1000)}` : sent.visit.id;
    return { partitionKey: elsewhere, data: Buffer.from(JSON.stringify(sent.visit)), arrivalMs };
  };
  const withReader = async <T>(ask: (reader: Reader) => Promise<T>): Promise<T> => {
    const reader = await createReader({ data, duckdb, logger, now: Date.now });
    try {
      return await ask(reader);
    } finally {
      await reader.close();
    }
  };
  const fold = async (): Promise<void> => {
    const speed = await startSpeedLayer({ store: { kind: "directory", dir: data.dir }, threads: 0, logger });
    const failed = await Promise.race([speed.caughtUp().then(() => null), speed.failed]);
    await speed.stop();
    if (failed) throw failed;
  };
  const land = async (): Promise<void> => {
    const landing = await startLanding({ data, duckdb, logger });
    await landing.caughtUp();
    await landing.stop();
  };
  return {
    data,
    oracle,
    nowMs: () => nowMs,
    advance(ms: number): void {
      nowMs += ms;
    },
    async append(sents: readonly Sent[]): Promise<void> {
      for (const sent of sents) oracle.add(sent);
      await data.log.append(sents.map(entryOf));
    },
    /** So that everything before it is finished. */
    async heartbeat(): Promise<void> {
      for (let beat = 0; beat < 2; beat++) {
        nowMs += 90_000;
        const open = (await data.log.shards()).filter(({ closed }) => !closed);
        await data.log.append(
          open.map(({ hashRange }) => ({
            partitionKey: "heartbeat",
            explicitHashKey: hashRange.first,
            data: heartbeatRecord(),
            arrivalMs: nowMs as EpochMs,
          })),
        );
      }
    },
    fold,
    async batch(rebuild = false) {
      await land();
      const result = await runBatch({ data, duckdb, logger, rebuild });
      if (result.kind === "published" || result.kind === "unchanged") return result.manifest;
      throw new Error(`the batch run ended ${result.kind}`);
    },
    revert: (generation: number) => revertTo({ data, generation }),
    withReader,
    async reshard(): Promise<"split" | "merge"> {
      const open = (await data.log.shards())
        .filter(({ closed }) => !closed)
        .sort((a, b) => (a.hashRange.first < b.hashRange.first ? -1 : 1));
      const at = random.integer(open.length);
      const [left, right] = [open[at]!, open[at + 1]];
      if (right && open.length > 2 && random.chance(0.5)) {
        await data.log.merge(left.id, right.id);
        return "merge";
      }
      await data.log.split(left.id, (left.hashRange.first + left.hashRange.last) / 2n);
      return "split";
    },
    async close(): Promise<void> {
      await duckdb.close();
      await data.close();
    },
  };
};

export type World = Awaited<ReturnType<typeof createWorld>>;
