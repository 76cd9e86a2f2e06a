import { computed } from "@preact/signals";
import type { KeyValues } from "@freshet/model";
import { parameter, parameters, route, setQuery } from "../route/route.js";
import { nowMs } from "../state/clock.js";
import { metricNamed, status } from "../state/server.js";
import { seriesStep } from "../state/step.js";
import { durationMs } from "../text/duration.js";
import { fitSpan, type Move, moveSpan, type Span } from "./span.js";
import { suggested } from "./suggested.js";

export const RANGES = ["1h", "6h", "24h", "7d", "14d"];
export const COMPARISONS = [
  { value: "", text: "nothing", shiftMs: 0 },
  { value: "1d", text: "a day before", shiftMs: 86_400_000 },
  { value: "7d", text: "a week before", shiftMs: 7 * 86_400_000 },
] as const;
export const KEYS_MAX = 6;
const MEASURES_MAX = 4;
const CHART_POINTS = 400;

const asked = {
  metric: parameter("explore", "metric"),
  range: parameter("explore", "range"),
  from: parameter("explore", "from"),
  to: parameter("explore", "to"),
  compare: parameter("explore", "compare"),
  normal: parameter("explore", "normal"),
  quantile: parameter("explore", "quantile"),
};
const keyTexts = parameters("explore", "key");
const measureTexts = parameters("explore", "measure");

export const metric = computed(() =>
  route.value.page === "explore" ? metricNamed(asked.metric.value) : null,
);

const isKey = (value: unknown): value is KeyValues =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const readKey = (text: string): readonly KeyValues[] => {
  try {
    const value: unknown = JSON.parse(text);
    return isKey(value) ? [value] : [];
  } catch {
    return [];
  }
};
const chosenKeys = computed<readonly KeyValues[]>(() =>
  (JSON.parse(keyTexts.value) as string[]).flatMap(readKey).slice(0, KEYS_MAX),
);
/** The keys that were chosen, or the first of the trending list. */
export const keys = computed<readonly KeyValues[]>(() => {
  if (!metric.value) return [];
  if (metric.value.dimensions.length === 0) return [{}];
  return chosenKeys.value.length > 0 ? chosenKeys.value : suggested.value.slice(0, 1);
});
export const keyNames = computed(() => keys.value.map((key) => JSON.stringify(key)));

export const addKey = (key: KeyValues): void => {
  const name = JSON.stringify(key);
  const others = keyNames.peek().filter((one) => one !== name);
  setQuery({ key: [...others, name].slice(-KEYS_MAX) });
};
export const removeKey = (name: string): void =>
  setQuery({ key: keyNames.peek().filter((one) => one !== name) });

/** The measures that were chosen, or the one that trends are about. */
export const measures = computed<readonly string[]>(() => {
  const names = metric.value?.measures.map(({ name }) => name) ?? [];
  const chosen = (JSON.parse(measureTexts.value) as string[]).filter((name) => names.includes(name));
  const usual = names.find((name) => name === metric.value?.trend?.on) ?? names[0];
  return (chosen.length > 0 ? chosen : usual === undefined ? [] : [usual]).slice(0, MEASURES_MAX);
});
/** In the order of the definition; the last one stays. */
export const toggleMeasure = (name: string): void => {
  const standing = measures.peek();
  const next = (metric.peek()?.measures ?? [])
    .map((measure) => measure.name)
    .filter((one) => (one === name ? !standing.includes(one) : standing.includes(one)));
  if (next.length > 0 && next.length <= MEASURES_MAX) setQuery({ measure: next });
};

export const chooseMetric = (name: string): void =>
  setQuery({ metric: name, key: null, measure: null, quantile: null });

export const quantile = asked.quantile;
export const rangeText = computed(() => RANGES.find((range) => range === asked.range.value) ?? "6h");
export const comparison = computed(
  () => COMPARISONS.find(({ value }) => value === (asked.compare.value ?? "")) ?? COMPARISONS[0],
);
export const normalShown = computed(() => asked.normal.value !== "off");

const instant = (text: string | null): number | null => {
  const ms = text === null ? Number.NaN : Date.parse(text);
  return Number.isFinite(ms) ? ms : null;
};
const paneMs = computed(() => Math.max(1, durationMs(metric.value?.pane ?? "1m")));
/** Behind the newest event there is nothing: the end of its pane. */
const endMs = computed<number | null>(() => {
  if (!status.value) return null;
  const newest = instant(status.value.newestEvent) ?? nowMs();
  return (Math.floor(newest / paneMs.value) + 1) * paneMs.value;
});

/** Whether the span ends with the newest event, and moves with it. */
export const follows = computed(() => instant(asked.from.value) === null || instant(asked.to.value) === null);

export const span = computed<Span | null>(() => {
  if (endMs.value === null) return null;
  const fromMs = instant(asked.from.value);
  const toMs = instant(asked.to.value);
  if (fromMs === null || toMs === null || fromMs >= toMs) {
    return fitSpan(
      { fromMs: endMs.value - durationMs(rangeText.value), toMs: endMs.value },
      paneMs.value,
      endMs.value,
    );
  }
  return fitSpan({ fromMs, toMs }, paneMs.value, Number.POSITIVE_INFINITY);
});

export const step = computed<string | null>(() => {
  if (!metric.value || !span.value) return null;
  return seriesStep(metric.value.pane, span.value.toMs - span.value.fromMs, CHART_POINTS);
});

export const setSpan = (wanted: Span): void => {
  const end = endMs.peek();
  if (end === null) return;
  const { fromMs, toMs } = fitSpan(wanted, paneMs.peek(), end);
  setQuery({ from: new Date(Math.max(0, fromMs)).toISOString(), to: new Date(toMs).toISOString() });
};
export const move = (how: Move): void => {
  if (span.peek()) setSpan(moveSpan(span.peek() as Span, how));
};
export const followNow = (range: string = rangeText.peek()): void =>
  setQuery({ range, from: null, to: null });
