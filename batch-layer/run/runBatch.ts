import { randomUUID } from "node:crypto";
import type { CheckedPrecondition, GenerationManifest, Precondition } from "@freshet/model";
import type { DataStore, DuckDb, Lease } from "@freshet/storage";
import { mendStanding } from "../catalogue/writeStanding.js";
import { GROUPS_MAX } from "../drift/liveSide.js";
import { reserveGeneration } from "../generation/publish.js";
import { readStanding } from "../generation/standing.js";
import type { RunningLanding } from "../landing/startLanding.js";
import type { Difference } from "../ledger/cut.js";
import { withLease } from "./lease.js";
import { makeSparkGeneration } from "../spark/makeSparkGeneration.js";
import type { SparkEngine } from "../spark/engine.js";
import { type GenerationResult, type GenerationRun, makeGeneration } from "./makeGeneration.js";
import { interruptible } from "./interruptible.js";
import { checkLanded, lacks } from "./preconditions.js";
import type { BatchProgress } from "./progress.js";
import { readReadinessInput } from "./readiness.js";
import { repair } from "./repair.js";
import type { RunLogger } from "./runLogger.js";
import { letStand } from "./stand.js";
import { steppedRunUnderWay } from "./steppedRunRecord.js";

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
  /** Another run is under way: in a process, or in steps, of which the name is the owner's. */
  | { readonly kind: "busy"; readonly by: Lease }
  /** Another run, or a revert, was first. */
  | { readonly kind: "superseded" }
  /** It lacks what it requires: nothing was published. */
  | { readonly kind: "unready"; readonly lacking: readonly CheckedPrecondition[] }
  /** A rebuild would lose what earlier generations counted: the raw lake no longer holds all rows of these segments. */
  | { readonly kind: "refused"; readonly segments: readonly Difference[] };

/** What a run works with while it has the lease; its statements and steps fail when the signal is given. */
export interface Running {
  readonly db: DuckDb;
  readonly signal: AbortSignal;
  readonly step: GenerationRun["step"];
}

// oxlint-disable-next-line no-restricted-properties -- the default where nobody hands a clock in
export const clockOf = ({ now = Date.now }: Pick<BatchOptions, "now">): (() => number) => now;

/** Whether the last whole hour is there; null: it is, or the run goes on without. */
export const lackingHour = async (options: BatchOptions): Promise<CheckedPrecondition | null> => {
  const landed = checkLanded(
    await readReadinessInput(options.data, clockOf(options)()),
    options.requires ?? [],
  );
  return lacks(options, landed) ? landed : null;
};

const runOnce = async (options: BatchOptions, running: Running): Promise<BatchResult> => {
  const { data, logger, rebuild = false } = options;
  const lacking = await lackingHour(options);
  if (lacking) return { kind: "unready", lacking: [lacking] };
  const standing = await readStanding(data);
  const parent = standing.manifest;
  if (parent) await mendStanding(data, standing.revision, parent);
  await repair(data, running.db, parent, logger);
  const generation = await reserveGeneration(data.records);
  const make = (db: DuckDb, leaveOutLacking: boolean): Promise<GenerationResult> => {
    const of = { parent, generation, rebuild, leaveOutLacking };
    const run = generationRun(options, { ...running, db }, of);
    return options.spark ? makeSparkGeneration(run, options.spark) : makeGeneration(run);
  };
  let made = await make(running.db, false);
  if (made.kind === "refused" && !rebuild) {
    warnOfLeftOut(options, made.segments);
    const again = await running.db.connect();
    try {
      made = await make(again, true);
    } finally {
      await again.close();
    }
  }
  return made.kind === "refused" ? made : letStand(options, running, { made, standing });
};

/** What a run is about, of what a batch run is told. */
export const generationRun = (
  options: BatchOptions,
  { db, signal, step }: Running,
  of: Pick<GenerationRun, "parent" | "generation" | "rebuild" | "leaveOutLacking">,
): GenerationRun => ({
  ...of,
  data: options.data,
  target: { db, lake: options.data.lake },
  comparedGroupsMax: options.comparedGroupsMax ?? GROUPS_MAX,
  now: clockOf(options),
  signal,
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
  action: (running: Running) => Promise<T>,
): Promise<T | { readonly kind: "busy"; readonly by: Lease }> => {
  const { data, duckdb, onProgress, signal = new AbortController().signal } = options;
  return withLease(data.leases, randomUUID(), async () => {
    const by = await steppedRunUnderWay(data.records, ownRun, clockOf(options)());
    if (by) return { kind: "busy" as const, by };
    const db = interruptible(await duckdb.connect(), signal);
    try {
      return await action({
        db,
        signal,
        step(step, done = 0, of = 0) {
          signal.throwIfAborted();
          onProgress?.({ step, done, of });
        },
      });
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
  return withBatchLease(options, null, async (running) => {
    const startedMs = performance.now();
    const result = await runOnce(options, running);
    options.logger.info({ result: result.kind, ms: Math.round(performance.now() - startedMs) }, "batch run");
    return result;
  });
};
