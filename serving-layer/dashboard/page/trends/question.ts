import { computed } from "@preact/signals";
import type { TopAnswer } from "@freshet/model";
import { parameter, parameters, route, setQuery } from "../route/route.js";
import { followLine } from "../state/line.js";
import { metricNamed } from "../state/server.js";
import { windowOf } from "../state/windows.js";

export const ROW_COUNTS = ["20", "100", "500"];

const asked = {
  metric: parameter("trends", "metric"),
  window: parameter("trends", "window"),
  by: parameter("trends", "by"),
  rows: parameter("trends", "rows"),
};

export const metric = computed(() =>
  route.value.page === "trends" ? metricNamed(asked.metric.value) : null,
);
export const windowText = computed(() => windowOf(metric.value, asked.window.value));
export const rowCount = computed(() => ROW_COUNTS.find((count) => count === asked.rows.value) ?? "20");

/** What the list can be ordered by, the usual order first. */
export const orders = computed(() => {
  const of = metric.value;
  return of ? [...(of.trend ? ["score"] : []), ...of.measures.map(({ name }) => name)] : [];
});
export const orderBy = computed(
  () => orders.value.find((order) => order === asked.by.value) ?? orders.value[0] ?? null,
);

/** A dimension's value that rows must have; null: none. */
export interface Filter {
  readonly dimension: string;
  readonly value: string | null;
}

const filterPairs = parameters("trends", "where");
const readFilter = (pair: string): Filter => {
  const at = pair.indexOf("=");
  return at < 0
    ? { dimension: pair, value: null }
    : { dimension: pair.slice(0, at), value: pair.slice(at + 1) };
};
const writeFilter = ({ dimension, value }: Filter): string =>
  value === null ? dimension : `${dimension}=${value}`;
/** Filters on dimensions that the metric has, one for each. */
export const filters = computed<readonly Filter[]>(() => {
  const names = metric.value?.dimensions.map(({ name }) => name) ?? [];
  const read = (JSON.parse(filterPairs.value) as string[]).map(readFilter);
  return names.flatMap((name) => read.find(({ dimension }) => dimension === name) ?? []);
});

export const setFilters = (next: readonly Filter[]): void => setQuery({ where: next.map(writeFilter) });
export const chooseMetric = (name: string): void => setQuery({ metric: name, by: null, where: null });

const topPath = computed<string | null>(() => {
  if (!metric.value) return null;
  const query = new URLSearchParams({
    metric: metric.value.name,
    window: windowText.value,
    limit: rowCount.value,
  });
  if (orderBy.value) query.set("by", orderBy.value);
  for (const filter of filters.value) query.append("where", writeFilter(filter));
  return `/v1/live?${query}`;
});

export const top = followLine<TopAnswer>(topPath, topPath);
