import type { TrendDefinition } from "@freshet/model";

/** What can be asked of one metric. */
export interface MetricSummary {
  readonly name: string;
  readonly definition: string;
  readonly event: string;
  readonly dimensions: readonly { readonly name: string; readonly type: string }[];
  readonly measures: readonly { readonly name: string; readonly kind: string }[];
  readonly pane: string;
  readonly timeZone: string;
  readonly trend: TrendDefinition | null;
}
