import { Gauge, type Registry } from "prom-client";
import type { Books } from "../../books/books.js";

/** What batch found when it compared live with itself, in the newest day of panes. */
export const registerDriftMetrics = (registry: Registry, books: Books): void => {
  new Gauge({
    name: "freshet_drift_groups",
    help: "Groups of the newest day in which live had said other than batch, by cause; a defect is for a person to look at.",
    registers: [registry],
    labelNames: ["metric", "cause"],
    async collect() {
      // what cannot be read is told by freshet_missing, and a scrape never fails
      const found = await books.driftGauges().catch(() => []);
      this.reset();
      for (const { metric, cause, groups } of found) this.set({ metric, cause }, groups);
    },
  });
};
