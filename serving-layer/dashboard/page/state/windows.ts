import type { MetricSummary } from "../../../reader/metricSummary.js";
import { durationMs } from "../text/duration.js";

const USUAL = ["15m", "1h", "6h", "24h", "7d"];
const FALLBACK = "1h";

/** Windows that are whole numbers of the metric's panes. */
export const windowsOf = (metric: MetricSummary | null): readonly string[] => {
  const pane = metric?.pane ?? "1m";
  const fitting = USUAL.filter((text) => durationMs(text) % durationMs(pane) === 0);
  return fitting.length > 0 ? fitting : [pane];
};

/** The window that is asked for, where the metric can answer it. */
export const windowOf = (metric: MetricSummary | null, wanted: string | null): string => {
  const windows = windowsOf(metric);
  return windows.find((text) => text === (wanted ?? FALLBACK)) ?? windows[0] ?? FALLBACK;
};
