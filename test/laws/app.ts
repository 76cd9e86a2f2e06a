import {
  count,
  countDistinct,
  defineApp,
  event,
  gt,
  max,
  metric,
  min,
  quantiles,
  sum,
  t,
  toAppDocument,
} from "@freshet/model";

const visit = event("visit", {
  page: t.string(),
  user: t.string(),
  amount: t.integer({ minimum: -1_000_000, maximum: 1_000_000 }),
  shop: t.optional(t.integer()),
  note: t.optional(t.string()),
});

export const BIG = 500_000;
export const TIME_ZONE = "Europe/Berlin";
export const LG_K = 8;

/** Every measure, every type of key, minutes and local days. */
export const lawApp = toAppDocument(
  defineApp({
    name: "laws",
    events: [visit],
    metrics: [
      metric("by-minute", visit, {
        by: (e) => ({ page: e.page, shop: e.shop }),
        measures: (e) => ({
          visits: count(),
          big: count({ where: gt(e.amount, BIG) }),
          total: sum(e.amount),
          least: min(e.amount),
          most: max(e.amount),
          users: countDistinct(e.user, { lgK: LG_K }),
          amounts: quantiles(e.amount),
        }),
        pane: "1m",
        trend: { on: "visits" },
      }),
      metric("by-day", visit, {
        by: (e) => ({ page: e.page }),
        measures: (e) => ({
          visits: count(),
          total: sum(e.amount),
          users: countDistinct(e.user, { lgK: LG_K }),
        }),
        pane: "1d",
        timeZone: TIME_ZONE,
      }),
    ],
  }),
);
