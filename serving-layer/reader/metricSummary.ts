import { formatDuration, type MetricDefinition, type TrendDefinition } from "@freshet/model";

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

export const summaryOf = (metric: MetricDefinition): MetricSummary => ({
  name: metric.name,
  definition: metric.hash,
  event: metric.event,
  dimensions: metric.by.map(({ name, type }) => ({ name, type })),
  measures: metric.measures.map(({ name, spec }) => ({ name, kind: spec.kind })),
  pane: formatDuration(metric.paneMs),
  timeZone: metric.timeZone,
  trend: metric.trend,
});
