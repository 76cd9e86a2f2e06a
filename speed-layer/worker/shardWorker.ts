import { EMPTY_SHARD_TICK, type EpochMs, type Tick } from "@freshet/model";
import { heartbeatRecord, type ReadResult, type Shard, StorageError } from "@freshet/storage";
import type { Fuse } from "../fuse.js";
import type { Report } from "../report.js";
import { type Checkpoint, saveCheckpoint } from "../shard/checkpoint.js";
import { type OpenShardOptions, openShard } from "../shard/openShard.js";
import type { ShardFold } from "../shard/shardFold.js";
import { inTurns } from "../work.js";

/** What one read of the log came to. */
export type Pulled =
  | "more" // there may be more at once
  | "idle"
  /** Records were trimmed before this worker: what is stored already decides where folding goes on. */
  | "reopen";

/** Reads one shard into its fold. */
export interface ShardWorker {
  readonly shard: Shard;
  readonly fold: ShardFold;
  savedCheckpoint: Checkpoint | null;
  pull(): Promise<Pulled>;
  /** How long ago the last record arrived that was read; 0 where none waits after it. */
  lagMs(): number;
  /** Puts a control record into the shard when it has been idle for long enough, so that its last segment is finished. */
  beat(): Promise<void>;
}

export interface ShardWorkerOptions extends OpenShardOptions {
  readonly now: () => number;
  readonly report: Report;
  readonly fuse: Fuse;
  readonly readRecordsMax: number;
  readonly heartbeatAfterMs: number;
}

export const HEARTBEAT_KEY = "heartbeat";

export const startShardWorker = async (
  shard: Shard,
  options: ShardWorkerOptions,
): Promise<ShardWorker | null> => {
  const { log, now, report, fuse, rules } = options;
  const { fold, checkpoint, isPastStored } = await openShard(shard, options);
  if (checkpoint.ended) {
    // children take their clock from it: the `ended` record may be stored without
    await saveCheckpoint(options.records, checkpoint);
    report({ kind: "shard_ended", shard: shard.id, children: checkpoint.ended.children });
    return null;
  }
  await rules.prepare(EMPTY_SHARD_TICK);
  report({ kind: "shard_started", shard: shard.id, after: fold.lastSequence });
  let activeMs = now();
  let idle = false;
  let blockedAt: Tick | null = null;
  let maySkip = isPastStored;
  /** Of the last record that was read, where more follow. */
  let behindMs: EpochMs | null = null;

  /** False: nothing to skip to yet; the next record that arrives shows where the log begins. */
  const skipTrimmed = async (read: ReadResult): Promise<boolean> => {
    await rules.prepare(fold.tick);
    const after = fold.lastSequence;
    const until = read.trimmed?.firstAvailable ?? null;
    if (until !== null) await inTurns(fold.skip(until, null));
    else if (read.ended) await inTurns(fold.skip(null, read.ended));
    else return false;
    report({ kind: "gap", shard: shard.id, gap: { after, until } });
    return true;
  };

  return {
    shard,
    fold,
    savedCheckpoint: null,
    async pull() {
      if (fold.ended) return "idle";
      if (blockedAt !== null && !(await rules.prepare(blockedAt))) {
        report({ kind: "blocked", shard: shard.id, tick: blockedAt });
        return "idle";
      }
      const readAtMs = now();
      const read = await log.read(shard.id, fold.lastSequence, options.readRecordsMax);
      if (read.trimmed) {
        if (!maySkip) return "reopen";
        idle = !(await skipTrimmed(read));
        return idle ? "idle" : "more";
      }
      const taken = await inTurns(fold.take(read.records));
      if (taken.events > 0) fuse.take(taken.events, taken.rejected, readAtMs);
      if (taken.records > 0) {
        activeMs = readAtMs;
        maySkip = false;
      }
      blockedAt = taken.blockedAt;
      behindMs = read.atEnd ? null : (read.records.at(-1)?.arrivalMs ?? null);
      idle = read.atEnd && blockedAt === null;
      if (blockedAt !== null) return "more";
      if (read.atEnd) fold.stoodAtEnd(read.readAtMs ?? (readAtMs as EpochMs));
      if (read.ended) await inTurns(fold.end(read.ended.children));
      return read.atEnd ? "idle" : "more";
    },
    lagMs: () => (behindMs === null ? 0 : Math.max(0, now() - behindMs)),
    async beat() {
      if (!idle || fold.ended || now() - activeMs < options.heartbeatAfterMs) return;
      activeMs = now();
      const entry = { partitionKey: HEARTBEAT_KEY, data: heartbeatRecord() };
      try {
        await log.append([{ ...entry, explicitHashKey: shard.hashRange.first }]);
      } catch (error) {
        // It is nobody's event, and the next one comes as soon as this one would have been old.
        if (!(error instanceof StorageError) || error.kind !== "unavailable") throw error;
      }
    },
  };
};
