import type { EpochMs, KeyValues, MetricDefinition, Missing, PresentedValue, Status } from "@freshet/model";

/** What a key amounts to in one window that stays where it is. Times are ISO 8601 UTC. */
export interface TrendDocument {
  readonly metric: string;
  /** The hash of the metric's definition. */
  readonly definition: string;
  /** Its length, such as `1h`. */
  readonly window: string;
  /** The window: from inclusive, to exclusive. */
  readonly from: string;
  readonly to: string;
  readonly key: KeyValues;
  readonly values: Readonly<Record<string, PresentedValue>>;
  /** Null where the metric has no trend. */
  readonly score: number | null;
  /** 1 is the first; null for a watched key that is not among the first. */
  readonly rank: number | null;
  /** Kept whatever its rank. */
  readonly watched: boolean;
  /** What the rank goes by: `score` or a measure's name. */
  readonly by: string;
  readonly status: Status;
  readonly batchThrough: string | null;
  readonly missing: readonly Missing[];
}

/** Documents that are made and replaced together: those of one metric whose window ends at one instant. */
export interface TrendPlace {
  readonly metric: string;
  readonly window: string;
  readonly toMs: EpochMs;
}

/** Names a document among all stores; see `trendId`. */
export interface TrendName {
  readonly place: TrendPlace;
  readonly definition: string;
  readonly id: string;
}

/** `version` is 1 to 2^63 - 1. */
export type TrendWrite =
  | {
      readonly kind: "put";
      readonly name: TrendName;
      readonly version: bigint;
      readonly document: TrendDocument;
    }
  | { readonly kind: "remove"; readonly name: TrendName; readonly version: bigint };

/** A document that is there, told from another content by its digest. */
export interface StoredTrend {
  readonly name: TrendName;
  readonly digest: string;
  readonly document: TrendDocument;
}

export interface RefusedWrite {
  readonly name: TrendName;
  readonly reason: string;
}

/** What became of writes: as many as there were, in all. */
export interface TrendReport {
  readonly written: number;
  /** What stands has this version or a later one: an echo of one's own write, or a later writer's. */
  readonly superseded: number;
  /** The store will never take them as they are. */
  readonly refused: readonly RefusedWrite[];
}

/**
 * Trend documents in one store. A write takes effect only where nothing of its version or a later one was written, removals
 * included; so the end does not depend on the order in which writes arrive, nor on how often.
 */
export interface TrendDocuments {
  /** For messages. */
  readonly place: string;
  /** Before the first document of these metrics is written. */
  prepare(metrics: readonly MetricDefinition[]): Promise<void>;
  /** @throws StorageError `unavailable` where the store took only some after its retries: write them all again. */
  write(writes: readonly TrendWrite[]): Promise<TrendReport>;
  /** Those of a place, of any definition; writes that were acknowledged before are in it. */
  list(place: TrendPlace): Promise<readonly StoredTrend[]>;
  /** Windows that end before `endMs` may go. */
  expire(endMs: EpochMs): Promise<void>;
}
