import { count, defineApp, encodeKey, event, type GroupKey, metric, sum, t } from "@freshet/model";
import type { WorldEvent } from "./groups.js";

const visit = event("visit", { page: t.string(), bytes: t.integer() });

export const visits = metric("visits", visit, {
  by: (e) => ({ page: e.page }),
  measures: (e) => ({ views: count(), bytes: sum(e.bytes) }),
  pane: "1m",
});
export const byPage = visits.definition;

export const visitsApp = defineApp({ events: [visit], metrics: [visits] }).document;

/** The same app with one metric more. */
export const visitsAppWithTotals = defineApp({
  events: [visit],
  metrics: [
    visits,
    metric("totals", visit, { by: () => ({}), measures: () => ({ views: count() }), pane: "1m" }),
  ],
}).document;

export const pageKey = (page: string): GroupKey => encodeKey([page]);
export const aVisit = (timeMs: number, page: string, bytes = 1): WorldEvent => ({
  timeMs,
  key: pageKey(page),
  inputs: [null, bytes],
});
