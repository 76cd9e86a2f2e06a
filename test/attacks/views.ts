import { type AppDocument, count, defineApp, event, metric, t, toAppDocument } from "@freshet/model";
import type { Line } from "./line.js";

export const T0 = Date.parse("2026-03-01T00:00:00Z");
export const MINUTE_MS = 60_000;

const view = event("view", { page: t.string(), user: t.string() });
const byPage = metric("by-page", view, {
  by: (e) => ({ page: e.page }),
  measures: () => ({ views: count() }),
  pane: "1m",
  groupsMax: 3,
});
const byUser = metric("by-user", view, {
  by: (e) => ({ user: e.user }),
  measures: () => ({ views: count() }),
  pane: "1m",
});
export const firstApp: AppDocument = toAppDocument(
  defineApp({ name: "first", events: [view], metrics: [byPage] }),
);
export const secondApp: AppDocument = toAppDocument(
  defineApp({ name: "first", events: [view], metrics: [byPage, byUser] }),
);

export const trendApp: AppDocument = toAppDocument(
  defineApp({
    name: "first",
    events: [view],
    metrics: [
      metric("by-page", view, {
        by: (e) => ({ page: e.page }),
        measures: () => ({ views: count() }),
        pane: "1m",
        groupsMax: 3,
        trend: { on: "views" },
      }),
    ],
  }),
);

let events = 0;
export const viewAt = (timeMs: number, page = "a", id = `v${events++}`): object => ({
  type: "view",
  id,
  time: new Date(timeMs).toISOString(),
  page,
  user: "u",
});

/** What a top list adds up to, and what it says of itself. */
export const total = (line: Line, metricName: string, endMs: number, window = "1h") =>
  line.asked(async (reader) => {
    const answer = await reader.top(metricName, {
      window,
      at: new Date(endMs).toISOString(),
      by: "views",
      limit: 1000,
    });
    const views = answer.rows.reduce((sum, { values }) => sum + Number(values["views"]), 0);
    return { views, status: answer.status, missing: answer.missing.map(({ kind }) => kind) };
  });
