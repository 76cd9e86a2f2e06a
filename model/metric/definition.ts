import type { DurationMs } from "../brand.js";
import type { MeasureSpec } from "../measure/measure.js";
import type { Expression, ValueType } from "./expression.js";

/** A group's key as users see it; instants as ISO text. */
export type KeyValues = Readonly<Record<string, string | number | boolean | null>>;

export interface Dimension {
  readonly name: string;
  readonly type: ValueType;
  readonly expression: Expression;
}

export interface MeasureDefinition {
  readonly name: string;
  readonly spec: MeasureSpec;
  /** What is measured; null for count. */
  readonly of: Expression | null;
  /** Only events for which this is true. */
  readonly where: Expression | null;
}

export interface TrendDefinition {
  /** The measure that the score is about: count or countDistinct. */
  readonly on: string;
  /** A dimension: a key with little history shrinks to the mean of the keys that share its value. Null: of all keys. */
  readonly prior: string | null;
}

/** A metric as data. Equal hashes mean equal bytes in every body. */
export interface MetricDefinition {
  readonly name: string;
  /** SHA-256 over the canonical JSON of all below, first 16 bytes, hex. */
  readonly hash: string;
  /** The event type's name. */
  readonly event: string;
  readonly where: Expression | null;
  readonly by: readonly Dimension[];
  readonly measures: readonly MeasureDefinition[];
  readonly paneMs: DurationMs;
  /** IANA; "UTC" by default. */
  readonly timeZone: string;
  readonly groupsMax: number;
  readonly trend: TrendDefinition | null;
}
