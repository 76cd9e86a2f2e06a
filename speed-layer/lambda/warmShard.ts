import type { SequenceNumber } from "@freshet/model";
import type { RecordBatch, Shard } from "@freshet/storage";
import type { Coordinator } from "../schedule/coordinator.js";
import type { Fuse } from "../fuse.js";
import type { Report } from "../report.js";
import type { SpeedSettings } from "../settings.js";
import { createCheckpointSaver } from "../shard/checkpoint.js";
import type { RuleBook } from "../shard/rules.js";
import { inTurns } from "../work.js";
import { flushShards, type FlushStores } from "../worker/flush.js";
import { type ShardWorker, startShardWorker } from "../worker/shardWorker.js";
import { createDeliveredLog } from "./deliveredLog.js";
import type { DeliveredBatch } from "./event.js";
import type { FoldStores } from "./stores.js";

/** Between two looks at a schedule that ends before a record's tick. */
const WAIT_MS = 200;

export interface WarmShardOptions {
  readonly stores: FoldStores;
  readonly bodies: FlushStores["bodies"];
  readonly rules: RuleBook;
  readonly coordinator: Coordinator;
  readonly fuse: Fuse;
  /** Used only while a shard is opened, or its fold takes records. */
  readonly batch: RecordBatch;
  readonly settings: SpeedSettings;
  readonly now: () => number;
  readonly report: Report;
}

export type OutOfTime = () => boolean;

/** One shard's fold, kept between invocations. After an error it is to be thrown away. */
export interface WarmShard {
  /** The last record that is folded and written. */
  readonly lastSequence: SequenceNumber | null;
  /**
   * Folds and writes a batch, after whatever lies before it and is not folded here.
   *
   * @param stored the last record of which a tip says that it is written
   * @returns whether all of it is written; else all through `lastSequence`
   */
  take(batch: DeliveredBatch, stored: SequenceNumber | null, outOfTime: OutOfTime): Promise<boolean>;
  /** Folds and writes what a closed shard's log holds, to its end. False: time ran out before. */
  end(outOfTime: OutOfTime): Promise<boolean>;
}

/** @returns null: the shard has ended, and all of it is written */
export const openWarmShard = async (shard: Shard, options: WarmShardOptions): Promise<WarmShard | null> => {
  const { stores, rules, coordinator, fuse, settings, now } = options;
  const { increments, records, deadLetters } = stores;
  const log = createDeliveredLog(stores.log);
  const checkpoints = createCheckpointSaver(records);
  const report: Report = (one) => {
    if (one.kind === "blocked") coordinator.ask(one.tick);
    options.report(one);
  };
  const start = (): Promise<ShardWorker | null> =>
    startShardWorker(shard, {
      log,
      increments,
      records,
      rules,
      batch: options.batch,
      replayFrom: null,
      now,
      report,
      fuse,
      readRecordsMax: settings.readRecordsMax,
      heartbeatAfterMs: settings.heartbeatAfterMs,
    });
  const started = await start();
  if (!started) return null;
  let worker = started;
  let ended = false;

  const flush = async (): Promise<void> => {
    const { fold, savedCheckpoint } = worker;
    const output = await inTurns(fold.drain());
    const flushes = [{ output, savedCheckpoint }];
    const conflicts = await flushShards(
      { increments, checkpoints, deadLetters, bodies: options.bodies },
      flushes,
      report,
    );
    const conflict = conflicts.get(shard.id);
    if (conflict) throw conflict;
    worker.savedCheckpoint = output.checkpoint;
  };
  const isFull = (): boolean => {
    const { bytes, segments, letters } = worker.fold.pending;
    const { pendingBytesMax, pendingSegmentsMax, pendingLettersMax } = settings;
    return bytes >= pendingBytesMax || segments >= pendingSegmentsMax || letters >= pendingLettersMax;
  };
  const reopen = async (): Promise<void> => {
    await flush();
    const again = await start();
    if (again) worker = again;
    else ended = true;
  };
  const runUntil = async (isDone: () => boolean, outOfTime: OutOfTime): Promise<void> => {
    await coordinator.tend();
    while (!isDone() && !outOfTime()) {
      const pulled = await worker.pull();
      if (pulled === "reopen") await reopen();
      else if (isFull()) await flush();
      if (pulled !== "idle" || isDone()) continue;
      await coordinator.tend();
      await log.wait(WAIT_MS);
    }
  };
  const hasEnded = (): boolean => ended || worker.fold.ended;

  return {
    get lastSequence() {
      return worker.fold.lastSequence;
    },
    async take(batch, stored, outOfTime) {
      const { lastSequence } = worker.fold;
      log.deliver(batch, stored !== null && lastSequence === stored ? stored : undefined);
      const isThrough = (): boolean => hasEnded() || (worker.fold.lastSequence ?? "") >= batch.last;
      await runUntil(isThrough, outOfTime);
      // when its last record arrived, the shard held nothing after it; whoever folds the next batch goes by this tip
      const last = batch.records.find(({ sequence }) => sequence === worker.fold.lastSequence);
      if (last) worker.fold.stoodAtEnd(last.arrivalMs);
      await flush();
      return isThrough();
    },
    async end(outOfTime) {
      log.forget();
      await runUntil(hasEnded, outOfTime);
      await flush();
      return hasEnded();
    },
  };
};
