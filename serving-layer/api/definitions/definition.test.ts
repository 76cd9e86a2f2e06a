import {
  add,
  and,
  coalesce,
  count,
  countDistinct,
  defineApp,
  event,
  gte,
  iff,
  instant,
  lookup,
  metric,
  oneOf,
  quantiles,
  type Schedule,
  sum,
  t,
  type Tick,
  truncateTime,
} from "@freshet/model";
import { expect, test } from "vitest";
import { definitionAnswer } from "./definitionAnswer.js";

const clusters = lookup("clusters", { key: t.string(), value: t.string() });
const view = event("view", {
  page: t.object({ "full-name": t.string(), kind: t.string() }),
  user: t.string(),
  ms: t.integer({ minimum: 0, maximum: 1_000 }),
});
const views = (pane: "1m" | "5m") =>
  metric("views", view, {
    where: (e) => and(oneOf(e.page.kind, ["a", "b"]), gte(e.time, instant("2026-01-01T00:00:00Z"))),
    by: (e) => ({
      page: coalesce(e.page["full-name"], "none"),
      cluster: clusters.of(e.user),
      day: truncateTime(e.time, "1d"),
    }),
    measures: (e) => ({
      views: count({ where: iff(gte(e.ms, 5), true, false) }),
      readers: countDistinct(e.user),
      ms: sum(add(e.ms, 1)),
      dwell: quantiles(e.ms),
    }),
    pane,
    trend: { on: "readers", prior: "cluster" },
  });
const appOf = (pane: "1m" | "5m") =>
  defineApp({ events: [view], lookups: [clusters], metrics: [views(pane)] }).document;
const scheduleOf = (...panes: readonly ("1m" | "5m")[]): Schedule => ({
  revisions: panes.map((pane, index) => ({
    revision: index + 1,
    fromTick: index as Tick,
    app: appOf(pane),
  })),
  lookups: [],
  knownThrough: 10 as Tick,
});

test("a definition reads as it is written in an app", () => {
  const answer = definitionAnswer(scheduleOf("1m"), "views", () => []);
  expect(answer?.versions[0]?.text).toBe(`metric("views", view, {
  where: (e) => and(oneOf(e.page.kind, ["a", "b"]), gte(e.time, instant("2026-01-01T00:00:00.000Z"))),
  by: (e) => ({
    page: coalesce(e.page["full-name"], "none"),
    cluster: lookup("clusters").of(e.user),
    day: truncateTime(e.time, "1d"),
  }),
  measures: (e) => ({
    views: count({ where: iff(gte(e.ms, 5), true, false) }),
    readers: countDistinct(e.user, { lgK: 12 }),
    ms: sum(add(e.ms, 1)),
    dwell: quantiles(e.ms, { relativeError: 0.01, probabilities: [0.5,0.9,0.99] }),
  }),
  pane: "1m",
  timeZone: "UTC",
  groupsMax: 200000,
  trend: { on: "readers", prior: "cluster" },
})`);
});

test("each definition of a name stands once, the one that was used last first, with its revisions", () => {
  const answer = definitionAnswer(scheduleOf("1m", "5m", "1m"), "views", (_, { paneMs }) => [
    { title: "sql", sql: String(paneMs) },
  ]);
  expect(answer?.versions.map(({ revisions, sql }) => [revisions, sql[0]?.sql])).toEqual([
    [[1, 3], "60000"],
    [[2], "300000"],
  ]);
  expect(definitionAnswer(scheduleOf("1m"), "other", () => [])).toBeNull();
  expect(definitionAnswer(null, "views", () => [])).toBeNull();
});
