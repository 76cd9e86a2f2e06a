import { count, countDistinct, defineApp, event, metric, quantiles, t } from "freshet";

const DAY_MS = 86_400_000;

const view = event("article_view", {
  article: t.string({ minLength: 1, maxLength: 200 }),
  section: t.string(),
  /** The reader's interest cluster, as the site's recommender names it. */
  cluster: t.string(),
  user: t.string({ pii: true }),
  device: t.enum(["mobile", "desktop", "tablet"]),
  dwellMs: t.integer({ minimum: 0, maximum: DAY_MS }),
});

export default defineApp({
  name: "news",
  events: [view],
  metrics: [
    metric("article-views", view, {
      by: (e) => ({ article: e.article, cluster: e.cluster }),
      measures: (e) => ({ views: count(), readers: countDistinct(e.user), dwell: quantiles(e.dwellMs) }),
      pane: "1m",
      trend: { on: "readers", prior: "cluster" },
    }),
    metric("articles", view, {
      by: (e) => ({ article: e.article }),
      measures: (e) => ({ views: count(), readers: countDistinct(e.user) }),
      pane: "1m",
      trend: { on: "readers" },
    }),
    metric("sections", view, {
      by: (e) => ({ section: e.section, device: e.device }),
      measures: (e) => ({ views: count(), readers: countDistinct(e.user), dwell: quantiles(e.dwellMs) }),
      pane: "1m",
    }),
  ],
});
