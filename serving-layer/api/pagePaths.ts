/** Where the dashboard's pages are: each path gives the same document, which opens its page by itself. */
export const PAGE_PATHS = {
  trends: "/",
  explore: "/explore",
  health: "/health",
  letters: "/dead-letters",
  sql: "/sql",
  // `/metrics` is Prometheus' own.
  metrics: "/definitions",
} as const;

export type PageName = keyof typeof PAGE_PATHS;
