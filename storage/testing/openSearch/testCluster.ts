import { randomUUID } from "node:crypto";
import { onTestFinished } from "vitest";
import { BULK_LIMITS } from "../../documents/openSearch/bulk.js";
import { type Cluster, openCluster } from "../../documents/openSearch/cluster.js";
import { BULK_PATIENCE, type BulkSettings } from "../../documents/openSearch/sendBulk.js";

export const newPrefix = (): string => `test-${randomUUID()}`;

/** Closed when the running test ends. */
export const openTestCluster = (endpoint: string): Cluster => {
  const cluster = openCluster({ endpoint, prefix: newPrefix(), auth: { kind: "none" } });
  onTestFinished(() => cluster.close());
  return cluster;
};

/** Retries that wait for nothing, and note how long they would have. */
export const bulkWithoutPauses = (pausesMs: number[] = []): BulkSettings => ({
  patience: BULK_PATIENCE,
  limits: BULK_LIMITS,
  sleep: async (ms) => {
    pausesMs.push(ms);
  },
  random: () => 0,
});
