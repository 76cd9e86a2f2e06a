/** Stacks that hold what cannot be made again; the others may go and come back. */
export const STATEFUL = ["Keys", "Audit", "Stream", "Lake", "Views", "Search"] as const;

export const STATELESS = [
  "Network",
  "Alerts",
  "Landing",
  "Speed",
  "Batch",
  "Serving",
  "Projection",
  "Observability",
] as const;
