import type { EpochMs, SequenceNumber, ShardId } from "../brand.js";
import type { SegmentKey } from "../time/segment.js";
import type { Reconciliation } from "./drift.js";
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

/** A Parquet file that holds what begins in one UTC day, such as "2026-11-21". */
export interface DayFile {
  readonly path: string;
  readonly day: string;
  readonly rows: number;
}

/**
 * What batch knows to be normal, of a metric with a trend. x is the measure `on` of one key in one window, counted
 * exactly (distinct values too); windows are tumbling, of `TREND_WIDTHS_MS`, aligned to the epoch. A window without
 * events has x = 0 and no rows, and counts in n: `countWindows(fromMs, toExclusiveMs, width, timeZone)`.
 */
export interface TrendFiles {
  /** The measure. */
  readonly on: string;
  /** Windows begin at or after `fromMs` and end at or before `toExclusiveMs`: all of them, and no other, are in the baseline. */
  readonly fromMs: EpochMs;
  readonly toExclusiveMs: EpochMs;
  /** `k_<dimension>`, `width_ms` BIGINT, `slot` INTEGER (of the window's start), `s` DECIMAL(38,0) sum of x, `q` DECIMAL(38,0) sum of x^2. */
  readonly baseline: string;
  /** `width_ms` BIGINT, `start` BIGINT (epoch ms), `k_<dimension>`, `x` BIGINT; also of windows that are not complete yet. */
  readonly windows: readonly DayFile[];
  /** Batch's own, for countDistinct: `start` of the shortest window, `k_<dimension>`, `value`. */
  readonly members: readonly DayFile[];
}

/** The files of one metric. Columns: `pane` (epoch ms), `k_<dimension>`, `m_<measure>`, sorted by pane, then keys. */
export interface MetricFiles {
  readonly name: string;
  readonly files: readonly DayFile[];
  /** Null where the metric has no trend, or no event yet. */
  readonly trend: TrendFiles | null;
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
  /** The ledger's segments, for ever: shard, tick, ordinal, sequences, revision, counts, the generation they entered in. Parquet. */
  readonly segments: readonly string[];
  /** By definition hash. */
  readonly metrics: Readonly<Record<string, MetricFiles>>;
  /** Identity index files. */
  readonly identities: readonly string[];
  /** Positions that were counted within written-off ranges, and in which generation. Parquet. */
  readonly positions: readonly string[];
  /** The newest cuts of this lineage, oldest first, this generation's last; `segments` knows them all. */
  readonly lineage: readonly { readonly generation: number; readonly cut: Cut }[];
  readonly oldestTimeMs: EpochMs | null;
  readonly newestTimeMs: EpochMs | null;
  readonly disagreements: readonly Disagreement[];
  readonly writeOffs: readonly WriteOff[];
  /** Raw files wholly at or before the cut: they need not be read again. */
  readonly consumed: readonly string[];
  /** Absent from generations before it was kept. */
  readonly reconciliation?: Reconciliation;
}

/** The name in `Records` of the pointer to the generation that stands. */
export const GENERATION_POINTER = "generation";

/** The record `generation`: which generation stands. Its document revision is the pointer revision. */
export interface GenerationPointer {
  readonly generation: number;
  /** Generations that are kept, oldest first. */
  readonly kept: readonly number[];
}

export const generationPath = (generation: number): string =>
  `generations/${String(generation).padStart(8, "0")}/manifest.json`;
