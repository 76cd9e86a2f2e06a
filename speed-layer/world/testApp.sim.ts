import {
  type AppDocument,
  count,
  countDistinct,
  defineApp,
  event,
  gt,
  metric,
  sum,
  t,
  toAppDocument,
} from "@freshet/model";

/** An app for tests. Its second revision accepts greater amounts and has one metric more. */
export const testApp = (revision: 1 | 2, groupsMax = 1_000): AppDocument => {
  const hit = event("hit", {
    page: t.string(),
    user: t.string(),
    amount: t.integer({ minimum: -100, maximum: revision === 1 ? 10 : 1_000 }),
  });
  const pages = metric("pages", hit, {
    by: (e) => ({ page: e.page }),
    measures: (e) => ({ hits: count(), amount: sum(e.amount), users: countDistinct(e.user) }),
    pane: "10s",
    groupsMax,
  });
  const users = metric("users", hit, {
    by: (e) => ({ user: e.user, isLarge: gt(e.amount, 5) }),
    measures: () => ({ hits: count() }),
    pane: "1m",
  });
  return toAppDocument(
    defineApp({
      events: [hit],
      metrics: revision === 1 ? [pages] : [pages, users],
      settings: { maxLate: "1m", maxAhead: "10s" },
    }),
  );
};
