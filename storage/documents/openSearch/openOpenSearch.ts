import { randomInt } from "node:crypto";
import type { LetterIndex } from "../letterIndex.js";
import type { TrendDocuments } from "../trend/port.js";
import { BULK_LIMITS } from "./bulk.js";
import { openCluster } from "./cluster.js";
import type { OpenSearchConfig } from "./config.js";
import { createOpenSearchLetters } from "./openSearchLetters.js";
import { createOpenSearchTrends } from "./openSearchTrends.js";
import { BULK_PATIENCE, type BulkSettings } from "./sendBulk.js";

/** What Freshet keeps in OpenSearch. */
export interface OpenSearchDocuments {
  readonly trends: TrendDocuments;
  readonly letters: LetterIndex;
  close(): Promise<void>;
}

const JITTER_STEPS = 1_000;

const bulk: BulkSettings = {
  patience: BULK_PATIENCE,
  limits: BULK_LIMITS,
  sleep: (ms) =>
    new Promise((resolve) => {
      setTimeout(resolve, ms);
    }),
  random: () => randomInt(JITTER_STEPS) / JITTER_STEPS,
};

/** Asks nothing yet. */
export const openOpenSearch = (config: OpenSearchConfig, now: () => number): OpenSearchDocuments => {
  const { prefix } = config;
  const cluster = openCluster(config);
  return {
    trends: createOpenSearchTrends({ cluster, prefix, bulk, now }),
    letters: createOpenSearchLetters({ cluster, prefix, bulk }),
    close: () => cluster.close(),
  };
};
