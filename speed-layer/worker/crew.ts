import type { SegmentKey, ShardId } from "@freshet/model";
import {
  createRecordBatch,
  type DeadLetterSink,
  type IncrementStore,
  type Lake,
  type Records,
  type Shard,
  type ShardLog,
} from "@freshet/storage";
import { createBodyPlacer } from "../bodies/placeBodies.js";
import { type Compactor, createCompactor } from "../compaction/compactor.js";
import { createFuse } from "../fuse.js";
import type { Report } from "../report.js";
import type { SpeedSettings } from "../settings.js";
import { createCheckpointSaver } from "../shard/checkpoint.js";
import type { ReplayFrom } from "../shard/replay.js";
import type { RuleBook } from "../shard/rules.js";
import { inTurns } from "../work.js";
import { createBackPressure } from "./backPressure.js";
import { flushShards, type ShardFlush } from "./flush.js";
import { type ShardWorker, startShardWorker } from "./shardWorker.js";

/** Flushing takes at most one part of this many of the time: while there is more to read, and else. */
const FLUSH_SHARE = { more: 5, idle: 2 } as const;

export interface CrewOptions {
  readonly log: ShardLog;
  readonly increments: IncrementStore;
  readonly records: Records;
  readonly lake: Lake;
  readonly deadLetters: DeadLetterSink;
  readonly rules: RuleBook;
  readonly settings: SpeedSettings;
  readonly now: () => number;
  readonly report: Report;
  /** Of letters and digits, unique to this run of this crew: part of the names of the objects that it writes. */
  readonly writer: string;
  readonly replayFrom: ReplayFrom | null;
}

/** The shards that one thread folds. One call at a time. */
export interface Crew {
  readonly shards: readonly ShardId[];
  assign(shard: Shard): Promise<void>;
  /** Gives a shard up as it is: whoever takes it goes on from its checkpoint. */
  release(shard: ShardId): void;
  /** Reads each shard once, and flushes when that is due. True: there may be more to read at once. */
  step(): Promise<boolean>;
  /** Writes all that is folded. */
  flush(): Promise<void>;
  /** Milliseconds until the next step has something to do even when nothing arrives. */
  untilDueMs(): number;
}

export const createCrew = (options: CrewOptions): Crew => {
  const { settings, now, report } = options;
  const workers = new Map<ShardId, ShardWorker>();
  const fuse = createFuse(settings.fuse);
  const bodies = createBodyPlacer(options.lake, options.writer, settings.inlineBytesMax);
  const stores = {
    increments: options.increments,
    checkpoints: createCheckpointSaver(options.records),
    deadLetters: options.deadLetters,
    bodies,
  };
  const pressure = createBackPressure(settings.holdBackAfterMs);
  const compactor: Compactor = createCompactor({ ...options, bodies });
  const batch = createRecordBatch({ digest: options.log.identity.digest });
  let flushStartedMs = now();
  let flushTookMs = 0;
  let more = false;

  const flush = async (): Promise<void> => {
    flushStartedMs = now();
    const flushing = [...workers.values()];
    const flushes: ShardFlush[] = [];
    for (const { fold, savedCheckpoint } of flushing)
      flushes.push({ output: await inTurns(fold.drain()), savedCheckpoint });
    const conflicts = await flushShards(stores, flushes, report);
    for (const [index, worker] of flushing.entries()) {
      const { id } = worker.shard;
      const conflict = conflicts.get(id);
      if (conflict) {
        const { tick, ordinal } = conflict.folded;
        const segment: SegmentKey = { tick, ordinal };
        report({ kind: "conflict", shard: id, segment, message: conflict.message });
      }
      worker.savedCheckpoint = flushes[index]?.output.checkpoint ?? null;
      if (conflict || worker.savedCheckpoint?.ended) workers.delete(id);
    }
    flushTookMs = now() - flushStartedMs;
  };

  /** Large open segments are written again less often while their worker is behind: that is when time is short. */
  const flushAfterMs = (): number =>
    Math.max(settings.flushAfterMs, flushTookMs * (more ? FLUSH_SHARE.more : FLUSH_SHARE.idle));

  const assign = async (shard: Shard): Promise<void> => {
    if (workers.has(shard.id)) return;
    const worker = await startShardWorker(shard, {
      ...options,
      batch,
      fuse,
      readRecordsMax: settings.readRecordsMax,
      heartbeatAfterMs: settings.heartbeatAfterMs,
    });
    if (worker) workers.set(shard.id, worker);
  };

  const holdBack = async (): Promise<void> => {
    const lagMs = Math.max(0, ...[...workers.values()].map((worker) => worker.lagMs()));
    const holdMs = pressure.holdMs(lagMs, now());
    if (!options.log.holdBack || holdMs === 0) return;
    report({ kind: "holding_back", lagMs, holdMs });
    await options.log.holdBack(holdMs);
  };

  const isDue = (): boolean => {
    if (now() - flushStartedMs >= flushAfterMs()) return true;
    let bytes = 0;
    let segments = 0;
    let letters = 0;
    for (const { fold } of workers.values()) {
      bytes += fold.pending.bytes;
      segments += fold.pending.segments;
      letters += fold.pending.letters;
    }
    const { pendingBytesMax, pendingSegmentsMax, pendingLettersMax } = settings;
    return bytes >= pendingBytesMax || segments >= pendingSegmentsMax || letters >= pendingLettersMax;
  };

  return {
    get shards() {
      return [...workers.keys()];
    },
    assign,
    release(shard) {
      workers.delete(shard);
      options.log.leave?.(shard);
    },
    async step() {
      let moreNow = false;
      for (const worker of [...workers.values()]) {
        const pulled = await worker.pull();
        if (pulled !== "idle") moreNow = true;
        if (pulled === "reopen") {
          await flush();
          workers.delete(worker.shard.id);
          await assign(worker.shard);
          continue;
        }
        await worker.beat();
        if (isDue()) await flush();
      }
      more = moreNow;
      await holdBack();
      if (isDue()) await flush();
      if (!more) await compactor.compactNext([...workers.keys()]);
      return more;
    },
    flush,
    untilDueMs: () => Math.max(0, flushStartedMs + flushAfterMs() - now()),
  };
};
