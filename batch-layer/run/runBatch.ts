import { randomUUID } from "node:crypto";
import type { CheckedPrecondition, GenerationManifest, Precondition } from "@freshet/model";
import type { DataStore, DuckDb, Lease } from "@freshet/storage";
import { GROUPS_MAX } from "../drift/liveSide.js";
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
import { interruptible } from "./interruptible.js";
import { checkBalanced, checkLanded } from "./preconditions.js";
import type { BatchProgress, BatchStep } from "./progress.js";
import { readReadinessInput } from "./readiness.js";
import { repair } from "./repair.js";
import type { RunLogger } from "./runLogger.js";

export interface BatchOptions {
  readonly data: DataStore;
  readonly duckdb: DuckDb;
  readonly logger: RunLogger;
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
  /** Without these nothing is published; by default the cut goes as far as it can, and names what it cannot pass. */
  readonly requires?: readonly Precondition[];
  /** Called for each as it is looked at. */
  readonly onPrecondition?: (checked: CheckedPrecondition) => void;
  /** Ends the run where it stands: it fails, and publishes nothing. */
  readonly signal?: AbortSignal;
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
  /** It lacks what it requires: nothing was published. */
  | { readonly kind: "unready"; readonly lacking: readonly CheckedPrecondition[] }
  /** A rebuild would lose what earlier generations counted: the raw lake no longer holds all rows of these segments. */
  | { readonly kind: "refused"; readonly segments: readonly Difference[] };

interface Running {
  readonly db: DuckDb;
  readonly signal: AbortSignal;
  readonly step: (step: BatchStep, done?: number, of?: number) => void;
}

const runOnce = async (options: BatchOptions, { db, signal, step }: Running): Promise<BatchResult> => {
  const { data, logger, rebuild = false, keep = KEEP_DEFAULT, requires = [] } = options;
  // oxlint-disable-next-line no-restricted-properties -- the default where nobody hands a clock in
  const now = options.now ?? Date.now;
  const lacks = (checked: CheckedPrecondition): boolean => {
    options.onPrecondition?.(checked);
    if (!checked.holds) logger.warn({ required: checked.required }, `not ${checked.name}: ${checked.detail}`);
    return checked.required && !checked.holds;
  };
  const landed = checkLanded(await readReadinessInput(data, now()), requires);
  if (lacks(landed)) return { kind: "unready", lacking: [landed] };
  const standing = await readStanding(data);
  const parent = standing.manifest;
  await repair(data, db, parent, logger);
  const generation = await reserveGeneration(data.records);
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
      signal,
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
  if (result.kind === "refused") return result;
  const manifest = result.kind === "made" ? result.manifest : parent;
  const balanced = checkBalanced(manifest?.disagreements ?? [], requires);
  if (lacks(balanced)) {
    // what is not published names nothing to the next run, which must find it read again all the same
    await repair(data, db, manifest, logger);
    return { kind: "unready", lacking: [balanced] };
  }
  if (result.kind === "unchanged") return { kind: "unchanged", manifest: parent };
  step("publishing");
  signal.throwIfAborted();
  if (!(await publishGeneration(data, result.manifest, standing, keep))) return { kind: "superseded" };
  try {
    step("cleaning");
    const retired = await retire(data, keep);
    const compacted = await compactRawLake(data, db, result.manifest.consumed);
    logger.debug({ ...retired, compacted }, "cleaned");
  } catch (error) {
    if (!signal.aborted) throw error;
    logger.warn({}, "the run's time was over while it cleaned up: the next one goes on with that");
  }
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
  const signal = options.signal ?? new AbortController().signal;
  return withLease(data.leases, randomUUID(), async () => {
    const db = interruptible(await duckdb.connect(), signal);
    const startedMs = performance.now();
    try {
      const result = await runOnce(options, {
        db,
        signal,
        step(step, done = 0, of = 0) {
          signal.throwIfAborted();
          onProgress?.({ step, done, of });
        },
      });
      logger.info({ result: result.kind, ms: Math.round(performance.now() - startedMs) }, "batch run");
      return result;
    } finally {
      await db.close();
    }
  });
};
