import type { SegmentRecord, SequenceNumber, ShardId } from "@freshet/model";

/** From where on the retained log is folded again. Finished segments must come out byte for byte as they are stored. */
export type ReplayFrom =
  | { readonly kind: "beginning" }
  /** Arrival. */
  | { readonly kind: "time"; readonly timeMs: number }
  /** Only this shard is folded again. */
  | { readonly kind: "position"; readonly shard: ShardId; readonly sequence: SequenceNumber };

/** Whether a stored segment is to be folded again; those after it are too. */
export const isReplayed = (from: ReplayFrom, record: SegmentRecord, segmentMs: number): boolean => {
  switch (from.kind) {
    case "beginning":
      return true;
    case "time":
      return (record.tick + 1) * segmentMs > from.timeMs;
    case "position":
      return record.shard === from.shard && record.lastSequence >= from.sequence;
  }
};
