import type { LedgerCounts, SegmentKey, SegmentRecord, SequenceNumber, ShardId } from "@freshet/model";

/** A finished segment as speed recorded it, without what batch does not need: a run holds very many. */
export interface FinishedSegment extends SegmentKey {
  readonly shard: ShardId;
  readonly firstSequence: SequenceNumber;
  readonly lastSequence: SequenceNumber;
  readonly previousSequence: SequenceNumber | null;
  readonly revision: number;
  readonly counts: LedgerCounts;
  /** A run of the log that was trimmed before speed could fold it. */
  readonly gap: boolean;
  /** Of the shard's last segment; null: the shard goes on. */
  readonly children: readonly ShardId[] | null;
}

/** @param previousSequence equal to the record's, and shared with the segment before */
export const finishedSegment = (
  record: SegmentRecord,
  previousSequence: SequenceNumber | null,
): FinishedSegment => ({
  shard: record.shard,
  tick: record.tick,
  ordinal: record.ordinal,
  firstSequence: record.firstSequence === record.lastSequence ? record.lastSequence : record.firstSequence,
  lastSequence: record.lastSequence,
  previousSequence,
  revision: record.revision,
  counts: record.counts,
  gap: record.gap !== undefined,
  children: record.ended ? record.children : null,
});
