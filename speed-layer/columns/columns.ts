import type { EventSlices, Measure, MeasureInput } from "@freshet/model";

/** Four 32-bit words of fingerprint an event. */
export const FINGERPRINT_WORDS = 4;

/** What folding needs of a run of events, judged by one app revision. One entry an event; valid until the next scan. */
export interface Columns {
  readonly count: number;
  /** 0: can be counted; else 1 + the index in `REASONS`. */
  readonly reasons: Uint8Array;
  readonly timesMs: Float64Array;
  /** How much older and younger than its arrival the event may be. */
  readonly lateMs: Float64Array;
  readonly aheadMs: Float64Array;
  /** Identity: type, id and time. */
  readonly fingerprints: Uint32Array;
  /** By definition hash, ascending. */
  readonly metrics: readonly MetricColumns[];
}

/** What one metric needs of the events; entries that it does not count mean nothing. */
export interface MetricColumns {
  readonly definition: string;
  readonly measures: readonly Measure[];
  readonly groupsMax: number;
  /** 1: the metric counts the event. */
  readonly counted: Uint8Array;
  readonly panesMs: Float64Array;
  readonly keys: KeyColumn;
  /** One a measure, in the definition's order. */
  readonly inputs: readonly MeasureColumn[];
}

/** Group keys as `encodeKey` writes them. */
export interface KeyColumn {
  readonly bytes: Uint8Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** A function of the key's bytes alone, well mixed. */
  readonly hashes: Int32Array;
}

/** What a measure adds, by event. */
export type MeasureColumn =
  /** Counts the events that are 1. */
  | { readonly kind: "count"; readonly present: Uint8Array }
  /** For sum, min and max: safe integers, where `present` is 1. */
  | { readonly kind: "integers"; readonly present: Uint8Array; readonly values: Float64Array }
  /** For countDistinct: `NO_COUPON` adds nothing. */
  | { readonly kind: "coupons"; readonly coupons: Uint32Array }
  /** For quantiles: `binOf` the value, where `present` is 1. */
  | { readonly kind: "bins"; readonly present: Uint8Array; readonly bins: Int32Array }
  /** For a measure that folds its own states; undefined adds nothing. */
  | { readonly kind: "values"; readonly values: readonly (MeasureInput | undefined)[] };

/** Reads events by one app revision into columns. */
export interface Scanner {
  /** May append to the slices. */
  scan(slices: EventSlices): Columns;
  /** What a dead letter says of an event of the slices, read again: bad events are few. */
  describe(slices: EventSlices, index: number): Description;
}

export interface Description {
  readonly type: string | null;
  readonly id: string | null;
  readonly timeMs: number | null;
  /** What was wrong with it by itself; empty when only its time is out of bounds. */
  readonly detail: string;
}
