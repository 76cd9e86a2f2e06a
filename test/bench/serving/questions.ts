import { ARTICLES, articleOf, CLUSTERS, clusterOf } from "./dice.js";

const METRIC = "/v1/metrics/article-views";
const WINDOWS = ["5m", "15m", "1h", "6h", "24h"];
const ORDERS = ["score", "views", "readers", "dwell"];
const FILTERS = ["", `&where=cluster=cluster-${CLUSTERS >> 1}`];

/** Forty: every window, order and filter. */
export const TOPS: readonly string[] = WINDOWS.flatMap((window) =>
  ORDERS.flatMap((by) => FILTERS.map((where) => `${METRIC}/top?window=${window}&by=${by}${where}`)),
);

const VALUE_WINDOWS = ["15m", "1h", "24h"];
/** Spans in minutes with their steps: the hour, the day, the month. */
const SERIES = [
  { weight: 0.5, minutes: 60, step: "1m" },
  { weight: 0.4, minutes: 1_440, step: "15m" },
  { weight: 0.1, minutes: 43_200, step: "1d" },
];

export type Asked = "top" | "value" | "series";

const pick = <T>(values: readonly T[], unit: number): T => values[Math.floor(unit * values.length)] as T;

const randomKey = (unit: () => number): string => {
  const rank = 1 + Math.floor(unit() * ARTICLES);
  return `key=article=${articleOf(rank)}&key=cluster=${clusterOf(rank)}`;
};
const seriesOf = (key: string, span: (typeof SERIES)[number] | undefined, nowMs: number): string =>
  `${METRIC}/series?${key}&from=${Math.floor(nowMs) - (span?.minutes ?? 0) * 60_000}&step=${span?.step ?? ""}`;

/** The days of a whole month, of one key. */
export const monthOf = (unit: () => number, nowMs: number): string =>
  seriesOf(randomKey(unit), SERIES.at(-1), nowMs);

/** Half of them `top`, a quarter `value` and a quarter `series` of random keys, any as likely as another. */
export const nextQuestion = (
  unit: () => number,
  nowMs: number,
): { readonly kind: Asked; readonly path: string } => {
  if (unit() < 0.5) return { kind: "top", path: pick(TOPS, unit()) };
  const key = randomKey(unit);
  if (unit() < 0.5)
    return { kind: "value", path: `${METRIC}/value?${key}&window=${pick(VALUE_WINDOWS, unit())}` };
  let weight = unit();
  const span = SERIES.find((each) => (weight -= each.weight) < 0) ?? SERIES[0];
  return { kind: "series", path: seriesOf(key, span, nowMs) };
};
