import { type EpochMs, type SegmentKey, type SegmentRecord, type SegmenterState } from "@freshet/model";
import type { IncrementStore, ShardLog } from "@freshet/storage";
import type { Checkpoint } from "./checkpoint.js";

const READ_SEGMENTS_MAX = 1_000;

/** Where folding goes on, and the stored open segment that can only be finished as it is. */
export interface Resumption {
  readonly checkpoint: Checkpoint;
  readonly adopted: SegmentRecord | null;
  /** Nothing that is stored lies beyond: whatever of the log is missing here is lost. */
  readonly isPastStored: boolean;
}

/** The segmenter after a finished record: the clock to the tick, which is what it cuts on; the next record opens a segment. */
const segmenterAfter = (record: SegmentRecord, before: SegmenterState, log: ShardLog): SegmenterState => ({
  clockMs: Math.max(before.clockMs, record.tick * log.identity.segmentMs) as EpochMs,
  key: { tick: record.tick, ordinal: record.ordinal },
  events: log.identity.segmentEventsMax,
});

/** All stored records after a segment, in key order. */
const storedAfter = async (
  increments: IncrementStore,
  shard: Checkpoint["shard"],
  after: SegmentKey | null,
): Promise<readonly SegmentRecord[]> => {
  const all: SegmentRecord[] = [];
  for (let from = after; ; from = all.at(-1) ?? from) {
    const page = await increments.segments(shard, from, READ_SEGMENTS_MAX);
    all.push(...page);
    if (page.length < READ_SEGMENTS_MAX) return all;
  }
};

/**
 * A checkpoint whose next records are trimmed goes on behind what is stored already: those segments need no log.
 * The last, where it is unfinished and its own records are gone, is adopted as it is stored.
 */
export const resumeAfterTrim = async (
  log: ShardLog,
  increments: IncrementStore,
  checkpoint: Checkpoint,
): Promise<Resumption> => {
  let at = checkpoint;
  for (const record of await storedAfter(increments, checkpoint.shard, checkpoint.segmenter.key)) {
    if (record.previousSequence !== at.previousSequence) break;
    if (!record.finished) {
      const next = await log.read(at.shard, at.previousSequence, 1);
      return next.trimmed
        ? { checkpoint: at, adopted: record, isPastStored: true }
        : { checkpoint: at, adopted: null, isPastStored: false };
    }
    at = {
      ...at,
      open: null,
      previousSequence: record.lastSequence,
      segmenter: segmenterAfter(record, at.segmenter, log),
      ended: record.ended ? { children: record.children } : null,
    };
  }
  return { checkpoint: at, adopted: null, isPastStored: true };
};

/** The place in the stored chain before the first segment that `reaches` says to fold again; null: before all that is stored. */
export const beforeSegment = async (
  log: ShardLog,
  increments: IncrementStore,
  beginning: Checkpoint,
  horizonTicks: number,
  reaches: (record: SegmentRecord) => boolean,
): Promise<Checkpoint | null> => {
  const stored = await storedAfter(increments, beginning.shard, null);
  const again = stored.findIndex(reaches);
  const kept = again < 0 ? stored.filter(({ finished }) => finished) : stored.slice(0, again);
  const last = kept.at(-1);
  if (!last) return null;
  const least = last.tick - horizonTicks;
  const outside = kept.findLast(({ tick }) => tick < least);
  return {
    ...beginning,
    previousSequence: last.lastSequence,
    segmenter: segmenterAfter(last, beginning.segmenter, log),
    horizon: outside
      ? { after: outside.lastSequence, clockMs: (outside.tick * log.identity.segmentMs) as EpochMs }
      : beginning.horizon,
  };
};
