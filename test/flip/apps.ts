import {
  type AppDocument,
  count,
  countDistinct,
  defineApp,
  event,
  metric,
  type MetricType,
  sum,
  t,
  toAppDocument,
} from "@freshet/model";

const view = event("view", { page: t.string(), user: t.string(), ms: t.integer() });

const steady = metric("steady", view, {
  by: (e) => ({ page: e.page }),
  measures: () => ({ views: count() }),
  pane: "1h",
});
const appOf = (pages: MetricType): AppDocument =>
  toAppDocument(defineApp({ name: "flip", events: [view], metrics: [steady, pages] }));

/** A metric that stays, and one that is to change. */
export const before = appOf(
  metric("pages", view, {
    by: (e) => ({ page: e.page }),
    measures: () => ({ views: count() }),
    pane: "1h",
  }),
);

/** The one measures more. */
export const after = appOf(
  metric("pages", view, {
    by: (e) => ({ page: e.page }),
    measures: (e) => ({ views: count(), time: sum(e.ms), users: countDistinct(e.user) }),
    pane: "1h",
  }),
);
