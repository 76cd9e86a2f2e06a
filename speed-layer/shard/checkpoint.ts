import {
  type EpochMs,
  type SegmentKey,
  type SegmenterState,
  segmenterAt,
  type SequenceNumber,
  type ShardId,
} from "@freshet/model";
import { type Records, replaceOrLookAgain } from "@freshet/storage";

/** A place in a shard between two records, and the arrival clock there. */
export interface LogPlace {
  /** The record before; null: the shard's beginning. */
  readonly after: SequenceNumber | null;
  readonly clockMs: EpochMs;
}

/** Where folding begins again: before the first record of the oldest unfinished segment. */
export interface Checkpoint {
  readonly version: 1;
  readonly log: string;
  readonly shard: ShardId;
  /** The oldest unfinished segment; null when none is open. */
  readonly open: SegmentKey | null;
  /** The last sequence before it. */
  readonly previousSequence: SequenceNumber | null;
  /** The arrival clock, and the segment before, as they stood before its first record. */
  readonly segmenter: SegmenterState;
  /** From here on lies every record whose identity may still be asked for. */
  readonly horizon: LogPlace;
  /** Set when the shard's `ended` record is written. */
  readonly ended: { readonly children: readonly ShardId[] } | null;
}

/** A shard's beginning, its clock at its parents' greatest. */
export const checkpointAtBeginning = (log: string, shard: ShardId, clockMs: number): Checkpoint => ({
  version: 1,
  log,
  shard,
  open: null,
  previousSequence: null,
  segmenter: segmenterAt(clockMs),
  horizon: { after: null, clockMs: clockMs as EpochMs },
  ended: null,
});

export const CHECKPOINTS = "checkpoint/";
const ATTEMPTS_MAX = 100;

const isAhead = (a: Checkpoint, b: Checkpoint): boolean => {
  if (b.ended) return false;
  if (a.ended) return true;
  return (
    a.previousSequence !== null && (b.previousSequence === null || a.previousSequence > b.previousSequence)
  );
};

const assertSameLog = (checkpoint: Checkpoint, log: string): void => {
  if (checkpoint.log === log) return;
  throw new Error(
    `the checkpoint of ${checkpoint.shard} belongs to log ${checkpoint.log}, but this log is ${log}: ` +
      "the log was made anew. Use a new data directory, or restore the log from a backup.",
  );
};

export const loadCheckpoint = async (
  records: Records,
  log: string,
  shard: ShardId,
): Promise<Checkpoint | null> => {
  const stored = await records.get<Checkpoint>(CHECKPOINTS + shard);
  if (stored) assertSameLog(stored.value, log);
  return stored?.value ?? null;
};

export const loadCheckpoints = async (
  records: Records,
  log: string,
): Promise<ReadonlyMap<ShardId, Checkpoint>> => {
  const all = await records.list<Checkpoint>(CHECKPOINTS);
  for (const { document } of all) assertSameLog(document.value, log);
  return new Map(all.map(({ document }) => [document.value.shard, document.value]));
};

/**
 * Never goes back: a worker that lost its shard, or folds the log again, leaves a checkpoint further on alone.
 * @returns the revision under which it stands; null: another one stands
 */
export const saveCheckpoint = async (records: Records, checkpoint: Checkpoint): Promise<number | null> => {
  const name = CHECKPOINTS + checkpoint.shard;
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const stored = await records.get<Checkpoint>(name);
    if (stored) assertSameLog(stored.value, checkpoint.log);
    if (stored && !isAhead(checkpoint, stored.value)) return null;
    const expected = stored?.revision ?? 0;
    if (await replaceOrLookAgain(records, name, expected, checkpoint)) return expected + 1;
  }
  throw new Error(
    `the checkpoint of ${checkpoint.shard} was changed by others ${ATTEMPTS_MAX} times in a row`,
  );
};

/** The checkpoints of shards that are folded here, each further on than the one before. */
export interface CheckpointSaver {
  save(checkpoint: Checkpoint): Promise<void>;
}

/** Writes over what it wrote itself without asking: who has a shard is alone with its checkpoint. */
export const createCheckpointSaver = (records: Records): CheckpointSaver => {
  const revisions = new Map<ShardId, number>();
  return {
    async save(checkpoint) {
      const { shard } = checkpoint;
      const own = revisions.get(shard);
      revisions.delete(shard);
      const isWritten =
        own !== undefined && (await replaceOrLookAgain(records, CHECKPOINTS + shard, own, checkpoint));
      const revision = isWritten ? own + 1 : await saveCheckpoint(records, checkpoint);
      if (revision !== null) revisions.set(shard, revision);
    },
  };
};
