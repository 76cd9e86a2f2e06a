import { computed, effect, signal } from "@preact/signals";
import type { KeyValues, SeriesAnswer, TopAnswer } from "@freshet/model";
import type { MetricSummary, StatusAnswer } from "../../../reader/reader.js";
import { ask, keyPairs, type Problem } from "../net/ask.js";
import { durationMs } from "../text/duration.js";
import { chosenKey, measureName, metric, metrics, orderBy, rangeText, windowText } from "./choice.js";
import { followLine, pageHidden } from "./line.js";
import { seriesStep } from "./step.js";

const ROWS = 20;
const STATUS_EVERY_MS = 1_000;
const METRICS_RETRY_MS = 2_000;
const CHART_POINTS = 400;

/** Windows that are whole numbers of the metric's panes. */
export const windows = computed<readonly string[]>(() => {
  const paneMs = durationMs(metric.value?.pane ?? "1m");
  const usual = ["15m", "1h", "6h", "24h", "7d"].filter((text) => durationMs(text) % paneMs === 0);
  return usual.length > 0 ? usual : [metric.value?.pane ?? "1d"];
});
export const ranges = ["1h", "6h", "24h", "7d", "14d"];

const askedWindow = computed(() =>
  windows.value.includes(windowText.value) ? windowText.value : (windows.value[0] ?? "1h"),
);

const topPath = computed<string | null>(() => {
  if (!metric.value) return null;
  const query = new URLSearchParams({
    metric: metric.value.name,
    window: askedWindow.value,
    limit: String(ROWS),
  });
  if (orderBy.value) query.set("by", orderBy.value);
  return `/v1/live?${query}`;
});
export const top = followLine<TopAnswer>(topPath, topPath);

/** The key that was chosen, or the first of the list, which stays until the question changes. */
const firstKey = signal<KeyValues | null>(null);
effect(() => {
  const first = top.value.answer?.rows[0]?.key ?? null;
  if (top.value.answer === null || firstKey.peek() === null) firstKey.value = first;
});
export const shownKey = computed<KeyValues | null>(() => chosenKey.value ?? firstKey.value);

/** The end of what is asked: it moves with the newest event, a pane at a time. */
const endMs = computed<number | null>(() => {
  const to = top.value.answer?.covers.to;
  return to === undefined ? null : Date.parse(to);
});

const seriesPath = computed<string | null>(() => {
  const key = shownKey.value;
  const of = metric.value;
  if (!key || !of || endMs.value === null) return null;
  const rangeMs = durationMs(rangeText.value);
  const query = new URLSearchParams({ kind: "series", metric: of.name });
  for (const pair of keyPairs(key)) query.append("key", pair);
  query.set("from", new Date(endMs.value - rangeMs).toISOString());
  query.set("to", new Date(endMs.value).toISOString());
  query.set("step", seriesStep(of.pane, rangeMs, CHART_POINTS));
  return `/v1/live?${query}`;
});
const seriesSubject = computed(() => JSON.stringify([metric.value?.name, shownKey.value, rangeText.value]));
export const series = followLine<SeriesAnswer>(seriesPath, seriesSubject);

export const shownMeasure = computed<string | null>(() => {
  const measures = metric.value?.measures ?? [];
  const wanted = measureName.value ?? metric.value?.trend?.on;
  return (measures.find(({ name }) => name === wanted) ?? measures[0])?.name ?? null;
});

export const status = signal<StatusAnswer | null>(null);
/** Why nothing can be shown: no server, or a refusal. */
export const trouble = signal<Problem | "unreachable" | null>(null);

/** Asks for the metrics until there are some, and for the status again and again. */
export const startAsking = (): void => {
  const askStatus = async (): Promise<void> => {
    if (!pageHidden.value) {
      const asked = await ask<StatusAnswer>("/v1/status");
      if (asked.kind === "answer") status.value = asked.answer;
      trouble.value =
        asked.kind === "answer" ? null : asked.kind === "problem" ? asked.problem : "unreachable";
    }
    setTimeout(() => void askStatus(), STATUS_EVERY_MS);
  };
  const askMetrics = async (): Promise<void> => {
    const asked = await ask<{ readonly metrics: readonly MetricSummary[] }>("/v1/metrics");
    if (asked.kind === "answer") metrics.value = asked.answer.metrics;
    if ((metrics.value ?? []).length === 0) setTimeout(() => void askMetrics(), METRICS_RETRY_MS);
  };
  void askStatus();
  void askMetrics();
};
