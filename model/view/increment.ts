import type { EpochMs, GroupKey } from "../brand.js";

/** One group of one metric: its state for every measure, in the definition's order. */
export interface Group {
  readonly paneMs: EpochMs;
  readonly key: GroupKey;
  readonly states: readonly unknown[];
}

/** What one segment adds to one metric: groups sorted by pane, then by key bytes. */
export interface MetricIncrement {
  /** The metric definition's hash, hex. */
  readonly definition: string;
  /** True when groups past `groupsMax` went to the `other` group. */
  readonly overflow: boolean;
  readonly groups: readonly Group[];
}

/** What one segment adds: the metrics of its revision, sorted by definition hash. */
export interface Increment {
  readonly metrics: readonly MetricIncrement[];
}
