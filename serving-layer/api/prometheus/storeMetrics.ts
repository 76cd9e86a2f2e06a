import type { RequestCounts } from "@freshet/storage";
import { Counter, type Registry } from "prom-client";

/** What this process sent to the services of its store, read anew at each scrape. */
export const registerStoreMetrics = (registry: Registry, requests: RequestCounts): void => {
  const registers = [registry];
  new Counter({
    name: "freshet_store_attempts_total",
    help: "Attempts at requests to the store's services, by what became of them: done, refused (a condition did not hold), throttled, failed.",
    registers,
    labelNames: ["service", "operation", "outcome"],
    collect() {
      this.reset();
      for (const { service, operation, outcomes } of requests.all)
        for (const [outcome, count] of Object.entries(outcomes))
          this.inc({ service, operation, outcome }, count);
    },
  });
  new Counter({
    name: "freshet_store_retries_total",
    help: "Attempts that were not a request's first.",
    registers,
    labelNames: ["service", "operation"],
    collect() {
      this.reset();
      for (const { service, operation, retries } of requests.all) this.inc({ service, operation }, retries);
    },
  });
};
