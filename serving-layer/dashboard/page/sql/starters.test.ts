import { expect, test } from "vitest";
import type { MetricSummary } from "../../../reader/metricSummary.js";
import type { SqlTable } from "./answers.js";
import { startersOf } from "./starters.js";

const NEWEST_MS = Date.UTC(2026, 2, 1, 0, 30);
const aTable = (name: string, metric: string | null): SqlTable => ({
  name,
  metric,
  description: "",
  columns: [],
});
const aMetric = (change: Partial<MetricSummary> = {}): MetricSummary => ({
  name: "page-views",
  definition: "0",
  event: "view",
  dimensions: [
    { name: "Page", type: "string" },
    { name: "device", type: "string" },
  ],
  measures: [
    { name: "readers", kind: "countDistinct" },
    { name: "views", kind: "count" },
  ],
  pane: "1m",
  timeZone: "UTC",
  trend: null,
  ...change,
});
const tables = [
  aTable("events", null),
  aTable("page_views", "page-views"),
  aTable("page_views_parts", "page-views"),
];

test("begins with the newest groups, what adds up, and what is merged, of two days at most", () => {
  expect(startersOf(tables, [aMetric()], NEWEST_MS).map(({ sql }) => sql)).toEqual([
    "SELECT *\nFROM page_views\nWHERE day >= DATE '2026-02-28'\nORDER BY pane DESC\nLIMIT 50",
    "SELECT date_trunc('hour', pane) AS hour, sum(views) AS views\nFROM page_views\nWHERE day >= DATE '2026-02-28'\nGROUP BY hour\nORDER BY hour",
    'SELECT "Page", distinct_merged(readers) AS readers\nFROM page_views_parts\nWHERE day = DATE \'2026-03-01\'\nGROUP BY "Page"\nORDER BY readers DESC\nLIMIT 50',
  ]);
});

test("leaves out what the metric cannot answer, and begins with nothing where there is no table", () => {
  const lean = aMetric({ measures: [{ name: "dwell", kind: "quantiles" }] });
  expect(startersOf(tables, [lean], NEWEST_MS)).toHaveLength(1);
  expect(startersOf(tables, [aMetric({ dimensions: [] })], NEWEST_MS)).toHaveLength(2);
  expect(startersOf(tables, [aMetric({ name: "other" })], NEWEST_MS)).toEqual([]);
  expect(startersOf([], [aMetric()], NEWEST_MS)).toEqual([]);
});
