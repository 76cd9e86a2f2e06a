import {
  type AppDocument,
  concat,
  count,
  countDistinct,
  defineApp,
  eq,
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

const visit1 = event("visit", {
  page: t.string(),
  user: t.string(),
  ms: t.integer(),
  returning: t.optional(t.boolean()),
});

/** The same visits, with a region that version 1 did not have. */
const visit2 = event(
  "visit",
  {
    page: t.string(),
    user: t.string(),
    ms: t.integer(),
    returning: t.optional(t.boolean()),
    region: t.string(),
  },
  { previous: visit1, upcast: (before) => ({ region: concat("of ", before.page) }) },
);

const settings = { maxLate: "1h", maxAhead: "1m", eventBytesMax: 2000 } as const;

const everything = (visit: typeof visit1) =>
  metric("pages", visit, {
    by: (e) => ({ page: e.page, returning: e.returning, select: gt(e.ms, 1000) }),
    measures: (e) => ({
      visits: count(),
      returning: count({ where: eq(e.returning, true) }),
      time: sum(e.ms),
      shortest: min(e.ms),
      longest: max(e.ms, { where: eq(e.returning, true) }),
      users: countDistinct(e.user, { lgK: 8 }),
      stay: quantiles(e.ms),
    }),
    trend: { on: "users" },
  });

const berlin = metric("days-in-berlin", visit1, {
  by: () => ({}),
  where: (e) => gt(e.ms, 0),
  measures: () => ({ visits: count() }),
  pane: "1d",
  timeZone: "Europe/Berlin",
  trend: { on: "visits" },
});

export const firstApp: AppDocument = toAppDocument(
  defineApp({ events: [visit1], metrics: [everything(visit1), berlin], settings }),
);

/** The same, with a metric whose segments mostly hold more groups than live has names for. */
export const crowdedApp: AppDocument = toAppDocument(
  defineApp({
    events: [visit1],
    metrics: [
      everything(visit1),
      berlin,
      metric("crowded", visit1, {
        by: (e) => ({ page: e.page, user: e.user }),
        measures: (e) => ({ visits: count(), time: sum(e.ms), users: countDistinct(e.user, { lgK: 8 }) }),
        groupsMax: 2,
      }),
    ],
    settings,
  }),
);

/** A later revision: a new version of the event, and a metric that reads what only it has. */
export const secondApp: AppDocument = toAppDocument(
  defineApp({
    events: [visit2],
    metrics: [
      metric("regions", visit2, {
        by: (e) => ({ region: e.region }),
        measures: () => ({ visits: count() }),
        pane: "1h",
      }),
    ],
    settings,
  }),
);
