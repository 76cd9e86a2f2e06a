import type { CompactedRecord, SegmentKey, SegmentRecord, ShardId, Tip } from "@freshet/model";

export type SegmentWrite =
  | { readonly kind: "written" }
  /** The stored one is equal or longer. */
  | { readonly kind: "standing"; readonly record: SegmentRecord }
  /** The stored one is finished and differs: a defect. */
  | { readonly kind: "conflict"; readonly record: SegmentRecord };

/** Segment records, tips and increment bodies. */
export interface IncrementStore {
  /**
   * One conditional write: same `firstSequence`, and (lastSequence, finished, ended) grows; read back when refused.
   * Writes of one shard take effect in the order in which they are asked for; after one that fails, none does.
   */
  writeSegment(record: SegmentRecord): Promise<SegmentWrite>;
  /** In key order, keys greater than `after`. */
  segments(shard: ShardId, after: SegmentKey | null, limit: number): Promise<readonly SegmentRecord[]>;
  /** Merged monotonically: atMs and lastSequence never go back. */
  writeTip(tip: Tip): Promise<void>;
  tips(): Promise<ReadonlyMap<ShardId, Tip>>;
  writeCompacted(record: CompactedRecord): Promise<void>;
  compacted(shard: ShardId): Promise<readonly CompactedRecord[]>;
  /** Removes records (and compacted ones) with a key at or before `through`. */
  expire(shard: ShardId, through: SegmentKey): Promise<number>;
}
