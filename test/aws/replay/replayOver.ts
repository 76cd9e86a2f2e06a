import { setTimeout as sleep } from "node:timers/promises";
import {
  type FirehoseLanded,
  landFirehose,
  runBatch,
  startLanding,
  transformDelivery,
} from "@freshet/batch-layer";
import { createDice, createTestFirehose, DELIVERED, FAILED } from "@freshet/batch-layer/testing";
import { type App, type EpochMs, type LedgerCounts, toAppDocument } from "@freshet/model";
import { createIntake, replayFile } from "@freshet/producers";
import { createReader, type Reader } from "@freshet/serving-layer";
import { publishApp, startSpeedLayer, vouchForEnd } from "@freshet/speed-layer";
import {
  type DataStore,
  type DuckDb,
  heartbeatRecord,
  openDataStore,
  type StoreConfig,
} from "@freshet/storage";
import { pino } from "pino";

const logger = pino({ level: "fatal" });
export const NEW_LOG = { shards: 4, segmentMs: 1_000, segmentEventsMax: 100_000, dedupeHorizonMs: 120_000 };
/** Firehose hands its transform so many records at most. */
const DELIVERY_RECORDS_MAX = 500;
/** Longer than a segment. */
const NEXT_SEGMENT_MS = 1_200;

/** The line over one store, step by step, by the parts that its processes are made of. */
export interface ReplayLine {
  send(file: string): Promise<void>;
  /** All that the log holds lies in increments. */
  fold(): Promise<void>;
  /** All that is finished lies in the raw lake, and in a generation. */
  settle(): Promise<LedgerCounts>;
  ask<T>(questions: (reader: Reader) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** How what the log holds comes into the raw lake. */
export interface LandingWay {
  /** Before a batch run. */
  land(): Promise<void>;
}

export const ownLanding = (data: DataStore, duckdb: DuckDb): LandingWay => ({
  async land() {
    const landing = await startLanding({ data, duckdb, logger });
    await landing.caughtUp();
    await landing.stop();
  },
});

export interface FirehoseLandingWay extends LandingWay {
  startAtLatest(): Promise<void>;
  readonly met: { objects: number; failed: number; before: number; filled: number; mended: number };
}

/** Objects as Firehose makes them of the stream, some late, some twice, some records under the error prefix; the gaps filled from the log. */
export const firehoseLanding = (data: DataStore, duckdb: DuckDb, seed: number): FirehoseLandingWay => {
  const firehose = createTestFirehose(
    data.log,
    data.lake,
    createDice(seed),
    transformDelivery,
    DELIVERY_RECORDS_MAX,
  );
  const filled: FirehoseLanded["filled"][number][] = [];
  let mended = 0;
  return {
    startAtLatest: () => firehose.startAtLatest(),
    async land() {
      await firehose.deliver(false);
      await firehose.deliver(true);
      const landed = await landFirehose({
        data,
        duckdb,
        logger,
        now: Date.now,
        prefix: DELIVERED,
        errorPrefix: FAILED,
        fillAfterMs: 0,
      });
      filled.push(...landed.filled);
      mended += landed.mended;
    },
    get met() {
      return { ...firehose.met, filled: filled.length, mended };
    },
  };
};

/** @param landingOf made once the log is there */
export const openReplayLine = async (options: {
  readonly store: StoreConfig;
  readonly app: App;
  readonly duckdb: DuckDb;
  readonly landingOf: (data: DataStore, duckdb: DuckDb) => LandingWay;
}): Promise<ReplayLine> => {
  const { store, app, duckdb } = options;
  const data = await openDataStore(store, { create: NEW_LOG });
  const document = toAppDocument(app);
  await publishApp(data.records, data.log, document, Date.now());
  const intake = createIntake({ log: data.log, app: document, now: Date.now });
  const landing = options.landingOf(data, duckdb);

  const fold = async (): Promise<void> => {
    const speed = await startSpeedLayer({ store, threads: 0, logger });
    const failure = await Promise.race([speed.caughtUp().then(() => null), speed.failed]);
    await speed.stop();
    if (failure) throw failure;
  };
  /** What came before them lies in finished segments. */
  const beat = async (): Promise<void> => {
    await sleep(NEXT_SEGMENT_MS);
    const open = (await data.log.shards()).filter(({ closed }) => !closed);
    await data.log.append(
      open.map(({ hashRange }) => ({
        partitionKey: "heartbeat",
        explicitHashKey: hashRange.first,
        data: heartbeatRecord(),
      })),
    );
  };
  return {
    async send(file) {
      await replayFile({ source: file, app, intake, log: data.log, records: data.records });
    },
    fold,
    async settle() {
      await beat();
      await fold();
      await landing.land();
      const result = await runBatch({ data, duckdb, logger, rebuild: false });
      if (result.kind !== "published") throw new Error(`the batch run ended ${result.kind}`);
      if (result.manifest.disagreements.length > 0)
        throw new Error(`the books do not balance: ${JSON.stringify(result.manifest.disagreements)}`);
      return result.manifest.ledger;
    },
    async ask(questions) {
      // the clock stands while the questions are asked: on a busy machine they take longer than a tip is fresh
      const nowMs = Date.now() as EpochMs;
      if (!(await vouchForEnd(data, nowMs))) throw new Error("the log was not folded to its end");
      const reader = await createReader({ data, duckdb, logger, now: () => nowMs });
      try {
        return await questions(reader);
      } finally {
        await reader.close();
      }
    },
    close: () => data.close(),
  };
};
