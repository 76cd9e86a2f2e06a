import type { ComponentType } from "preact";
import { PAGE_PATHS, type PageName } from "../../../api/pagePaths.js";

export interface PageSpec {
  readonly name: PageName;
  readonly path: string;
  readonly title: string;
  /** Brings the page's code, in a file of its own. */
  load(): Promise<ComponentType>;
}

export const PAGES: readonly PageSpec[] = [
  {
    name: "trends",
    path: PAGE_PATHS.trends,
    title: "Trends",
    load: async () => (await import("../trends/page.js")).TrendsPage,
  },
  {
    name: "explore",
    path: PAGE_PATHS.explore,
    title: "Explore",
    load: async () => (await import("../explore/page.js")).ExplorePage,
  },
  {
    name: "health",
    path: PAGE_PATHS.health,
    title: "Health",
    load: async () => (await import("../health/page.js")).HealthPage,
  },
  {
    name: "letters",
    path: PAGE_PATHS.letters,
    title: "Dead letters",
    load: async () => (await import("../letters/page.js")).LettersPage,
  },
  {
    name: "sql",
    path: PAGE_PATHS.sql,
    title: "SQL",
    load: async () => (await import("../sql/page.js")).SqlPage,
  },
  {
    name: "metrics",
    path: PAGE_PATHS.metrics,
    title: "Metrics",
    load: async () => (await import("../metrics/page.js")).MetricsPage,
  },
];
