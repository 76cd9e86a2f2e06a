import { randomUUID } from "node:crypto";
import type { GenerationManifest } from "@freshet/model";
import type { DataStore, DuckDb, Lease } from "@freshet/storage";
import type { Logger } from "pino";
import { GROUPS_MAX } from "../drift/liveSide.js";
import { reserveGeneration } from "../generation/publish.js";
import { readStanding } from "../generation/standing.js";
import type { RunningLanding } from "../landing/startLanding.js";
import type { Difference } from "../ledger/cut.js";
import { withLease } from "./lease.js";
import { makeSparkGeneration } from "../spark/makeSparkGeneration.js";
import type { SparkEngine } from "../spark/engine.js";
import { type GenerationResult, type GenerationRun, makeGeneration } from "./makeGeneration.js";
import type { BatchProgress } from "./progress.js";
import { repair } from "./repair.js";
import { letStand } from "./stand.js";
import { steppedRunUnderWay } from "./steppedRunRecord.js";

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
  /** Another run is under way: in a process, or in steps, of which the name is the owner's. */
  | { readonly kind: "busy"; readonly by: Lease }
  /** Another run, or a revert, was first. */
  | { readonly kind: "superseded" }
  /** A rebuild would lose what earlier generations counted: the raw lake no longer holds all rows of these segments. */
  | { readonly kind: "refused"; readonly segments: readonly Difference[] };

type Step = GenerationRun["step"];

// oxlint-disable-next-line no-restricted-properties -- the default where nobody hands a clock in
export const clockOf = ({ now = Date.now }: Pick<BatchOptions, "now">): (() => number) => now;

const runOnce = async (options: BatchOptions, db: DuckDb, step: Step): Promise<BatchResult> => {
  const { data, logger, rebuild = false } = options;
  const standing = await readStanding(data);
  const parent = standing.manifest;
  await repair(data, db, parent, logger);
  const generation = await reserveGeneration(data.records);
  const make = (connection: DuckDb, leaveOutLacking: boolean): Promise<GenerationResult> => {
    const run = generationRun(options, connection, { parent, generation, rebuild, leaveOutLacking }, step);
    return options.spark ? makeSparkGeneration(run, options.spark) : makeGeneration(run);
  };
  let result = await make(db, false);
  if (result.kind === "refused" && !rebuild) {
    warnOfLeftOut(options, result.segments);
    const again = await db.connect();
    try {
      result = await make(again, true);
    } finally {
      await again.close();
    }
  }
  if (result.kind === "unchanged") return { kind: "unchanged", manifest: parent };
  if (result.kind === "refused") return result;
  return letStand(options, db, { manifest: result.manifest, standing }, step);
};

/** What a run is about, of what a batch run is told. */
export const generationRun = (
  options: BatchOptions,
  db: DuckDb,
  of: Pick<GenerationRun, "parent" | "generation" | "rebuild" | "leaveOutLacking">,
  step: Step,
): GenerationRun => ({
  ...of,
  data: options.data,
  target: { db, lake: options.data.lake },
  comparedGroupsMax: options.comparedGroupsMax ?? GROUPS_MAX,
  now: clockOf(options),
  step,
});

export const warnOfLeftOut = ({ logger }: BatchOptions, segments: readonly Difference[]): void =>
  logger.warn(
    { segments: segments.length },
    "a new metric is left out: it needs rows that are no longer in the raw lake",
  );

/** Runs a step of batch under its lease, with a connection of its own; busy where a run in steps is under way. */
export const withBatchLease = async <T>(
  options: BatchOptions,
  ownRun: string | null,
  action: (db: DuckDb, step: Step) => Promise<T>,
): Promise<T | { readonly kind: "busy"; readonly by: Lease }> => {
  const { data, duckdb, onProgress } = options;
  return withLease(data.leases, randomUUID(), async () => {
    const by = await steppedRunUnderWay(data.records, ownRun, clockOf(options)());
    if (by) return { kind: "busy" as const, by };
    const db = await duckdb.connect();
    try {
      return await action(db, (step, done = 0, of = 0) => onProgress?.({ step, done, of }));
    } finally {
      await db.close();
    }
  });
};

/**
 * Counts what has landed and balances since the standing generation, and publishes the next one. What the last run named
 * is read from the log again first.
 */
export const runBatch = async (options: BatchOptions): Promise<BatchResult> => {
  await options.landing?.flush();
  return withBatchLease(options, null, async (db, step) => {
    const startedMs = performance.now();
    const result = await runOnce(options, db, step);
    options.logger.info({ result: result.kind, ms: Math.round(performance.now() - startedMs) }, "batch run");
    return result;
  });
};
