import type { EpochMs, SequenceNumber, ShardId } from "../brand.js";
import type { SegmentKey } from "../time/segment.js";
import type { Ledger, LedgerCounts } from "./ledger.js";

/** The last finished segment that a generation contains, of one shard. */
export interface CutPoint extends SegmentKey {
  readonly lastSequence: SequenceNumber;
}

/** shard -> last segment contained. */
export type Cut = Readonly<Record<string, CutPoint>>;

/** A segment at which speed's and batch's counts differ; its shard's cut stays before it. */
export interface Disagreement extends SegmentKey {
  readonly shard: ShardId;
  readonly firstSequence: SequenceNumber;
  readonly lastSequence: SequenceNumber;
  readonly speed: LedgerCounts;
  readonly batch: LedgerCounts;
}

/** What an operator gave up for good, by name. */
export interface WriteOff {
  readonly shard: ShardId;
  readonly firstSequence: SequenceNumber;
  readonly lastSequence: SequenceNumber;
  readonly reason: string;
}

/** The files of one metric, each holding the panes of one UTC day. Columns: `pane` (epoch ms), `k_<dimension>`, `m_<measure>`. */
export interface MetricFiles {
  readonly name: string;
  readonly files: readonly { readonly path: string; readonly day: string; readonly rows: number }[];
  /** Baseline file, where the metric has a trend; see `model/trend`. */
  readonly baseline: string | null;
}

/** One published batch state. Files are immutable and may be shared with the parent generation. */
export interface GenerationManifest {
  readonly version: 1;
  readonly generation: number;
  readonly parent: number | null;
  readonly log: string;
  readonly createdMs: EpochMs;
  /** The version of Freshet that wrote it. */
  readonly code: string;
  readonly cut: Cut;
  /** shard -> children, for shards whose `ended` record the cut contains. */
  readonly ended: Readonly<Record<string, readonly ShardId[]>>;
  /** Totals through the cut. */
  readonly ledger: Ledger;
  /** The ledger's segments, for ever: shard, tick, ordinal, first and last sequence, revision, counts. Parquet. */
  readonly segments: readonly string[];
  /** By definition hash. */
  readonly metrics: Readonly<Record<string, MetricFiles>>;
  /** Identity index files. */
  readonly identities: readonly string[];
  /** Cuts of this lineage, oldest first, this generation's last. */
  readonly lineage: readonly { readonly generation: number; readonly cut: Cut }[];
  readonly oldestTimeMs: EpochMs | null;
  readonly newestTimeMs: EpochMs | null;
  readonly disagreements: readonly Disagreement[];
  readonly writeOffs: readonly WriteOff[];
  /** Raw files wholly at or before the cut: they need not be read again. */
  readonly consumed: readonly string[];
}

/** The record `generation`: which generation stands. Its document revision is the pointer revision. */
export interface GenerationPointer {
  readonly generation: number;
  /** Generations that are kept, oldest first. */
  readonly kept: readonly number[];
}

export const generationPath = (generation: number): string =>
  `generations/${String(generation).padStart(8, "0")}/manifest.json`;
