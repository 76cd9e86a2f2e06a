import { type AppDocument, count, defineApp, event, metric, sum, t, toAppDocument } from "@freshet/model";
import { lawApp } from "../../laws/app.js";

const visit = event("visit", {
  page: t.string(),
  user: t.string(),
  amount: t.integer({ minimum: -1_000_000, maximum: 1_000_000 }),
  shop: t.optional(t.integer()),
  note: t.optional(t.string()),
});

const [byPage] = toAppDocument(
  defineApp({
    name: "laws",
    events: [visit],
    metrics: [
      metric("by-page", visit, {
        by: (e) => ({ page: e.page }),
        measures: (e) => ({ visits: count(), total: sum(e.amount) }),
        pane: "1m",
      }),
    ],
  }),
).metrics;
if (!byPage) throw new Error("no metric");

/** One metric more, which counts from its revision on, and what was before once batch has counted it again. */
export const lawAppWithMore: AppDocument = { ...lawApp, metrics: [...lawApp.metrics, byPage] };
