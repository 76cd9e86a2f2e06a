import { randomUUID } from "node:crypto";
import type { GenerationManifest } from "@freshet/model";
import type { DataStore, DuckDb, Lease } from "@freshet/storage";
import type { Logger } from "pino";
import { GROUPS_MAX } from "../drift/liveSide.js";
import { mendStanding } from "../catalogue/writeStanding.js";
import { KEEP_DEFAULT, publishGeneration, reserveGeneration } from "../generation/publish.js";
import { retire } from "../generation/retire.js";
import { readStanding } from "../generation/standing.js";
import { compactRawLake } from "../landing/compact.js";
import type { RunningLanding } from "../landing/startLanding.js";
import type { Difference } from "../ledger/cut.js";
import { withLease } from "./lease.js";
import { makeSparkGeneration } from "../spark/makeSparkGeneration.js";
import type { SparkEngine } from "../spark/engine.js";
import { type GenerationResult, type GenerationRun, makeGeneration } from "./makeGeneration.js";
import type { BatchProgress, BatchStep } from "./progress.js";
import { repair } from "./repair.js";

export interface BatchOptions {
  readonly data: DataStore;
  readonly duckdb: DuckDb;
  readonly logger: Logger;
  /** Counts everything over the cuts of the lineage again from the raw lake. */
  readonly rebuild?: boolean;
  readonly onProgress?: (progress: BatchProgress) => void;
  /** A landing in this process: what it has read is published first. */
  readonly landing?: Pick<RunningLanding, "flush">;
  /** How many generations are kept to go back to. */
  readonly keep?: number;
  /** Groups of a metric whose states are compared with what live had said; of more, a sample. */
  readonly comparedGroupsMax?: number;
  readonly now?: () => number;
  /** Counts in place of DuckDB. */
  readonly spark?: SparkEngine;
}

export type BatchResult =
  | {
      readonly kind: "published";
      readonly manifest: GenerationManifest;
      /** Records of the log that its parent did not hold; of a rebuild none. */
      readonly addedRecords: number;
    }
  /** Nothing to add, nothing new to name. */
  | { readonly kind: "unchanged"; readonly manifest: GenerationManifest | null }
  /** Another run is under way. */
  | { readonly kind: "busy"; readonly by: Lease }
  /** Another run, or a revert, was first. */
  | { readonly kind: "superseded" }
  /** A rebuild would lose what earlier generations counted: the raw lake no longer holds all rows of these segments. */
  | { readonly kind: "refused"; readonly segments: readonly Difference[] };

const runOnce = async (
  options: BatchOptions,
  db: DuckDb,
  step: (step: BatchStep, done?: number, of?: number) => void,
): Promise<BatchResult> => {
  const { data, logger, rebuild = false, keep = KEEP_DEFAULT } = options;
  const standing = await readStanding(data);
  const parent = standing.manifest;
  if (parent) await mendStanding(data, standing.revision, parent);
  await repair(data, db, parent, logger);
  const generation = await reserveGeneration(data.records);
  // oxlint-disable-next-line no-restricted-properties -- the default where nobody hands a clock in
  const now = options.now ?? Date.now;
  const make = (connection: DuckDb, leaveOutLacking: boolean): Promise<GenerationResult> => {
    const target = { db: connection, lake: data.lake };
    const run: GenerationRun = {
      data,
      target,
      parent,
      generation,
      rebuild,
      leaveOutLacking,
      comparedGroupsMax: options.comparedGroupsMax ?? GROUPS_MAX,
      now,
      step,
    };
    return options.spark ? makeSparkGeneration(run, options.spark) : makeGeneration(run);
  };
  let result = await make(db, false);
  if (result.kind === "refused" && !rebuild) {
    logger.warn(
      { segments: result.segments.length },
      "a new metric is left out: it needs rows that are no longer in the raw lake",
    );
    const again = await db.connect();
    try {
      result = await make(again, true);
    } finally {
      await again.close();
    }
  }
  if (result.kind === "unchanged") return { kind: "unchanged", manifest: parent };
  if (result.kind === "refused") return result;
  step("publishing");
  if (!(await publishGeneration(data, result.manifest, standing, keep))) return { kind: "superseded" };
  step("cleaning");
  const retired = await retire(data, keep);
  const compacted = await compactRawLake(data, db, result.manifest.consumed);
  logger.debug({ ...retired, compacted }, "cleaned");
  const addedRecords = result.manifest.ledger.records - (parent?.ledger.records ?? 0);
  return { kind: "published", manifest: result.manifest, addedRecords };
};

/**
 * Counts what has landed and balances since the standing generation, and publishes the next one. What the last run named
 * is read from the log again first.
 */
export const runBatch = async (options: BatchOptions): Promise<BatchResult> => {
  const { data, duckdb, landing, logger, onProgress } = options;
  await landing?.flush();
  return withLease(data.leases, randomUUID(), async () => {
    const db = await duckdb.connect();
    const startedMs = performance.now();
    try {
      const result = await runOnce(options, db, (step, done = 0, of = 0) => onProgress?.({ step, done, of }));
      logger.info({ result: result.kind, ms: Math.round(performance.now() - startedMs) }, "batch run");
      return result;
    } finally {
      await db.close();
    }
  });
};
