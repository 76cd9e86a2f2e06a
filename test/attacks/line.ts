import { join } from "node:path";
import { type BatchResult, runBatch, startLanding } from "@freshet/batch-layer";
import type { AppDocument, EpochMs, GenerationManifest, ShardId } from "@freshet/model";
import { createReader, type Reader } from "@freshet/serving-layer";
import { publishApp, startSpeedLayer } from "@freshet/speed-layer";
import { heartbeatRecord, openDataDirectory, openDuckDb } from "@freshet/storage";
import { pino } from "pino";
import { temporaryDirectory } from "../support/freshet.js";

const logger = pino({ level: "fatal" });
export const SEGMENT_MS = 1000;
export const HORIZON_MS = 30_000;

export interface LineOptions {
  readonly shards?: number;
  readonly app: AppDocument;
}

/** The whole line over one temporary directory: each step is taken when asked for, at the arrival that is said. */
export const openLine = async ({ shards: count = 2, app }: LineOptions) => {
  const directory = temporaryDirectory();
  const data = await openDataDirectory(join(directory.path, "data"), {
    create: { shards: count, segmentMs: SEGMENT_MS, segmentEventsMax: 1000, dedupeHorizonMs: HORIZON_MS },
  });
  const duckdb = await openDuckDb({ memoryMb: 400, threads: 1, tempDir: join(directory.path, "tmp") });
  await publishApp(data.records, data.log, app, Date.now());
  const hashKeyOf = async (shard: ShardId): Promise<bigint> => {
    const found = (await data.log.shards()).find(({ id }) => id === shard);
    if (!found) throw new Error(`no shard ${shard}`);
    return found.hashRange.first;
  };
  const append = async (shard: ShardId, arrivalMs: number, records: readonly Uint8Array[]): Promise<void> => {
    const explicitHashKey = await hashKeyOf(shard);
    await data.log.append(
      records.map((record) => ({
        partitionKey: "any",
        explicitHashKey,
        data: record,
        arrivalMs: arrivalMs as EpochMs,
      })),
    );
  };
  const open = async (): Promise<readonly ShardId[]> =>
    (await data.log.shards()).filter(({ closed }) => !closed).map(({ id }) => id);
  const line = {
    data,
    duckdb,
    append: (shard: ShardId, arrivalMs: number, events: readonly object[]): Promise<void> =>
      append(
        shard,
        arrivalMs,
        events.map((event) => Buffer.from(JSON.stringify(event))),
      ),
    appendTexts: (shard: ShardId, arrivalMs: number, texts: readonly string[]): Promise<void> =>
      append(
        shard,
        arrivalMs,
        texts.map((text) => Buffer.from(text)),
      ),
    /** Finishes what came before, in the shards that are named. */
    async beat(arrivalMs: number, shards?: readonly ShardId[]): Promise<void> {
      for (const shard of shards ?? (await open())) await append(shard, arrivalMs, [heartbeatRecord()]);
    },
    open,
    publish: (next: AppDocument) => publishApp(data.records, data.log, next, Date.now()),
    async fold(): Promise<void> {
      const speed = await startSpeedLayer({
        store: { kind: "directory", dir: data.dir },
        threads: 0,
        logger,
      });
      const failed = await Promise.race([speed.caughtUp().then(() => null), speed.failed]);
      await speed.stop();
      if (failed) throw failed;
    },
    async land(): Promise<void> {
      const landing = await startLanding({ data, duckdb, logger });
      await landing.caughtUp();
      await landing.stop();
    },
    batch: (options: { rebuild?: boolean; keep?: number } = {}): Promise<BatchResult> =>
      runBatch({ data, duckdb, logger, ...options }),
    /** Folds, lands and runs batch. */
    async settle(options: { rebuild?: boolean; keep?: number } = {}): Promise<GenerationManifest> {
      await line.fold();
      await line.land();
      const result = await line.batch(options);
      if ((result.kind === "published" || result.kind === "unchanged") && result.manifest) {
        return result.manifest;
      }
      throw new Error(`the batch run ended ${result.kind}`);
    },
    reader: (now: () => number = Date.now): Promise<Reader> => createReader({ data, duckdb, logger, now }),
    async asked<T>(ask: (reader: Reader) => Promise<T> | T): Promise<T> {
      const reader = await line.reader();
      try {
        return await ask(reader);
      } finally {
        await reader.close();
      }
    },
    async close(): Promise<void> {
      await duckdb.close();
      await data.close();
      directory.remove();
    },
  };
  return line;
};

export type Line = Awaited<ReturnType<typeof openLine>>;
