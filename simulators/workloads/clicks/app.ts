import {
  type App,
  type AppDocument,
  count,
  countDistinct,
  defineApp,
  event,
  metric,
  quantiles,
  sum,
  t,
  toAppDocument,
} from "@freshet/model";

const DAY_MS = 86_400_000;
const device = t.enum(["mobile", "desktop", "tablet"]);
const who = {
  article: t.string({ minLength: 1, maxLength: 200 }),
  cluster: t.string(),
  user: t.string({ pii: true }),
};

const view = event("article_view", {
  ...who,
  dwellMs: t.integer({ minimum: 0, maximum: DAY_MS }),
  device,
  referrer: t.string({ maxLength: 2_000 }),
});

const share = event("article_share", {
  ...who,
  channel: t.enum(["mail", "link", "social"]),
  device,
  referrer: t.string({ maxLength: 2_000 }),
});

const search = event("search", {
  query: t.string({ maxLength: 500 }),
  results: t.integer({ minimum: 0, maximum: 100_000 }),
  user: t.string({ pii: true }),
  device,
  referrer: t.string({ maxLength: 2_000 }),
});

/** The app of the click stream: one metric, of the views alone. */
export const clicks: App = defineApp({
  name: "clicks",
  events: [view, share, search],
  metrics: [
    metric("article-views", view, {
      by: (e) => ({ article: e.article, cluster: e.cluster }),
      measures: (e) => ({
        views: count(),
        readers: countDistinct(e.user),
        dwell: quantiles(e.dwellMs),
        dwellMs: sum(e.dwellMs),
      }),
      pane: "1m",
      groupsMax: 2_000_000,
    }),
  ],
});

export const clicksApp: AppDocument = toAppDocument(clicks);
