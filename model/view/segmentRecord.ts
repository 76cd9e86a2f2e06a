import type { EpochMs, SequenceNumber, ShardId, Tick } from "../brand.js";
import type { SegmentKey } from "../time/segment.js";
import type { LedgerCounts } from "./ledger.js";

/** Where an increment body lies. */
export type BodyPointer =
  | { readonly kind: "inline"; readonly bytes: Uint8Array }
  | { readonly kind: "object"; readonly path: string; readonly offset: number; readonly length: number };

/** A run of the log that was trimmed before it could be folded. */
export interface Gap {
  /** The last sequence before the gap; null from the shard's beginning. */
  readonly after: SequenceNumber | null;
  /** The first sequence after it; null when the shard was lost to its end. */
  readonly until: SequenceNumber | null;
}

/** The one conditional write per segment and flush. Grows until `finished`, then never changes. */
export interface SegmentRecord extends SegmentKey {
  readonly version: 1;
  readonly shard: ShardId;
  /** Empty-shard and gap records repeat `lastSequence` here. */
  readonly firstSequence: SequenceNumber;
  readonly lastSequence: SequenceNumber;
  /** The last sequence of the segment before; null for a shard's first. */
  readonly previousSequence: SequenceNumber | null;
  readonly finished: boolean;
  /** True on the last record of a closed shard; then `children` names its children. */
  readonly ended: boolean;
  readonly children: readonly ShardId[];
  readonly revision: number;
  readonly counts: LedgerCounts;
  /** Greatest event time among accepted events; null for none. */
  readonly newestTimeMs: EpochMs | null;
  readonly body: BodyPointer;
  /** SHA-256 of the body, hex. */
  readonly bodyHash: string;
  readonly gap?: Gap;
}

/** A run of finished segments of equal definitions as one body; readers use it only where the chain stands at its start. */
export interface CompactedRecord {
  readonly version: 1;
  readonly shard: ShardId;
  readonly first: SegmentKey;
  readonly last: SegmentKey;
  readonly previousSequence: SequenceNumber | null;
  readonly lastSequence: SequenceNumber;
  readonly revision: number;
  readonly counts: LedgerCounts;
  readonly newestTimeMs: EpochMs | null;
  readonly body: BodyPointer;
  readonly bodyHash: string;
}

/** When a worker last stood at the end of its shard, and the last sequence that it vouches for. */
export interface Tip {
  readonly shard: ShardId;
  readonly atMs: EpochMs;
  readonly lastSequence: SequenceNumber | null;
}

/** The tick of the record that an ended shard without any record gets. */
export const EMPTY_SHARD_TICK = -1 as Tick;
/** The sequence that stands for "before any record". */
export const NO_SEQUENCE = "0".repeat(56) as SequenceNumber;
