import type { ErrorBound, PresentedValue } from "../measure/measure.js";
import type { KeyValues } from "../metric/definition.js";

export type Status = "settled" | "live" | "partial";

/** What is missing from an answer, by name. */
export type Missing =
  | { readonly kind: "shard"; readonly shard: string; readonly detail: string }
  | {
      readonly kind: "segments";
      readonly shard: string;
      readonly after: string | null;
      readonly detail: string;
    }
  | { readonly kind: "stale_tip"; readonly shard: string; readonly lastSeen: string | null }
  | { readonly kind: "metric_not_folded"; readonly shard: string; readonly throughSequence: string }
  | { readonly kind: "overflow"; readonly shard: string }
  | {
      readonly kind: "gap";
      readonly shard: string;
      readonly after: string | null;
      readonly until: string | null;
    }
  | { readonly kind: "unaudited"; readonly shard: string; readonly detail: string }
  /** Given up for good by an operator. It is named with every answer, and keeps none from being settled. */
  | {
      readonly kind: "written_off";
      readonly shard: string;
      readonly firstSequence: string;
      readonly lastSequence: string;
      readonly reason: string;
    }
  | { readonly kind: "generation"; readonly detail: string };

/** What every answer carries. Times are ISO 8601 UTC. */
export interface AnswerFrame {
  readonly status: Status;
  /** The event-time range that the answer is about: from inclusive, to exclusive. */
  readonly covers: { readonly from: string; readonly to: string };
  /** Start of the least cut tick, exclusive: at least all that arrived before it is in the batch part. Null: no generation. */
  readonly batchThrough: string | null;
  readonly missing: readonly Missing[];
  /** By measure; only estimates appear. */
  readonly errorBound: Readonly<Record<string, ErrorBound>>;
}

export interface TopRow {
  readonly key: KeyValues;
  readonly values: Readonly<Record<string, PresentedValue>>;
  /** Null where the metric has no trend. */
  readonly score: number | null;
}

export interface TopAnswer extends AnswerFrame {
  readonly metric: string;
  readonly window: string;
  /** The end asked for, or the newest event time seen. */
  readonly at: string;
  readonly atDefaulted: boolean;
  /** `score` or a measure's name. */
  readonly by: string;
  readonly rows: readonly TopRow[];
}

export interface SeriesPoint {
  readonly time: string;
  readonly status: Status;
  readonly values: Readonly<Record<string, PresentedValue>>;
}

export interface SeriesAnswer extends AnswerFrame {
  readonly metric: string;
  readonly key: KeyValues;
  readonly step: string;
  readonly points: readonly SeriesPoint[];
}

export interface ValueAnswer extends AnswerFrame {
  readonly metric: string;
  readonly key: KeyValues;
  readonly values: Readonly<Record<string, PresentedValue>>;
  readonly score: number | null;
}
