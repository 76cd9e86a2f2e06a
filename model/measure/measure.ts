import type { ByteReader, ByteWriter } from "../bytes.js";

/** What a metric measures, as data: part of a definition's hash and of the stored app document. */
export type MeasureSpec =
  | { readonly kind: "count" }
  | { readonly kind: "sum" }
  | { readonly kind: "min" }
  | { readonly kind: "max" }
  | { readonly kind: "countDistinct"; readonly lgK: number }
  | {
      readonly kind: "quantiles";
      readonly relativeError: number;
      /** Which quantiles are presented, such as [0.5, 0.9, 0.99]. */
      readonly probabilities: readonly number[];
    };

/** What one event adds: an integer, text, or nothing (null is never counted, as in SQL). */
export type MeasureInput = number | string | boolean | null;

/** A presented value: exact integers, past 2^53 as decimal text; quantiles as `{p50: ...}`; null for none. */
export type PresentedValue = number | string | null | { readonly [quantile: string]: number | null };

/** How far an estimate may be from the truth; absent for exact measures. */
export interface ErrorBound {
  readonly kind: "relative";
  /** Two standard errors for countDistinct; a hard bound for quantiles. */
  readonly bound: number;
  readonly confidence: number;
}

/**
 * A commutative monoid over `State` with a stored form.
 *
 * Laws: merge is associative and commutative with `zero()` neutral; `add` in any order gives the same state;
 * `decode(encode(s)) = s`, and equal states have equal bytes.
 * `add` and `merge` may reuse and return their first argument; they leave the second untouched.
 */
export interface Measure<State = unknown> {
  readonly spec: MeasureSpec;
  zero(): State;
  add(state: State, input: MeasureInput): State;
  merge(into: State, from: State): State;
  /**
   * Some states as one, none of them touched: equal to merging them, and good until the next call only. For measures whose states
   * take much memory, which is used again. See `together`.
   */
  together?(states: readonly State[]): State;
  /** The rank of what `together` gives, without making it. See `rankTogether`. */
  rankTogether?(states: readonly State[]): number;
  present(state: State): PresentedValue;
  /** A number to order by: the value itself, the estimate, the median. */
  rank(state: State): number;
  /**
   * Never less than the rank of a state once `added` was merged into it, whose rank was `before` or less: for measures whose rank
   * takes long to reckon.
   */
  rankBound?(before: number, added: State): number;
  encode(state: State, out: ByteWriter): void;
  decode(from: ByteReader): State;
  /** Goes past what `decode` would read, which is not checked. */
  skip(from: ByteReader): void;
  /** From a generation's column (see `columnType`), as `@duckdb/node-api` gives it converted to plain JS values. */
  fromColumn(value: unknown): State;
  readonly errorBound: ErrorBound | null;
}

/*
 * The columns of a generation, by measure:
 *   count          BIGINT
 *   sum            DECIMAL(38,0) (Parquet has no integers of 128 bits)
 *   min, max       BIGINT, NULL for none
 *   countDistinct  UINTEGER[]: rank << 26 | slot of every register that is not zero, ascending by slot
 *   quantiles      STRUCT(bin INTEGER, n BIGINT)[], ascending by bin
 */
