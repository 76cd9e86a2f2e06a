import {
  count,
  countDistinct,
  defineApp,
  event,
  type Measure,
  measureFor,
  metric,
  quantiles,
  t,
} from "@freshet/model";

const view = event("article_view", {
  article: t.string(),
  cluster: t.string(),
  user: t.string(),
  dwellMs: t.integer(),
});

const articleViews = metric("article-views", view, {
  by: (e) => ({ article: e.article, cluster: e.cluster }),
  measures: (e) => ({ views: count(), readers: countDistinct(e.user), dwell: quantiles(e.dwellMs) }),
  pane: "1m",
  trend: { on: "readers", prior: "cluster" },
});

export const app = defineApp({ events: [view], metrics: [articleViews] }).document;
export const { definition } = articleViews;
export const measures: readonly Measure[] = definition.measures.map(({ spec }) => measureFor(spec));
