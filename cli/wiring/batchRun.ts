import { randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type BatchProgress,
  type BatchResult,
  readFinishedDefinitions,
  recordedRun,
  runBatch,
  RunTimedOut,
  STEPPED_RUN,
} from "@freshet/batch-layer";
import type {
  BatchEngine,
  CheckedPrecondition,
  Disagreement,
  GenerationManifest,
  Ledger,
  Precondition,
  RunRecord,
} from "@freshet/model";
import { retireDefinitions } from "@freshet/speed-layer";
import type { Lease } from "@freshet/storage";
import { EXIT, Failure } from "../output/failure.js";
import type { Line } from "./line.js";
import { runCostHere } from "./runCost.js";
import { localSparkOf } from "./spark.js";

export interface BatchReport {
  /** False: there was nothing to add. */
  readonly published: boolean;
  readonly generation: number | null;
  readonly elapsedMs: number;
  readonly ledger: Ledger | null;
  readonly disagreements: readonly Disagreement[];
  /** The Spark job that is to be run before the next step; null: none. */
  readonly job: { readonly name: string; readonly arguments: readonly string[] } | null;
}

export const reportOf = (
  published: boolean,
  manifest: GenerationManifest | null,
  elapsedMs: number,
): BatchReport => ({
  published,
  generation: manifest?.generation ?? null,
  elapsedMs,
  ledger: manifest?.ledger ?? null,
  disagreements: manifest?.disagreements ?? [],
  job: null,
});

/** Another run holds this one off: a process, or steps of a run that has a name. */
export const busy = ({ name, owner, pid, expiresMs }: Lease): Failure =>
  new Failure(
    name === STEPPED_RUN
      ? `batch run ${owner} is under way, and has until ${new Date(expiresMs).toISOString()}: wait for it; if its job has died, \`freshet batch --engine spark --give-up --run ${owner}\` lets others run.`
      : `another batch run is under way (pid ${pid}): wait for it.`,
    EXIT.refused,
  );

export const unready = (lacking: readonly CheckedPrecondition[]): Failure =>
  new Failure(
    `nothing was published: ${lacking.map(({ detail }) => detail).join("; ")}. Wait and run it again, or run it all the same: --require none.`,
    EXIT.unbalanced,
  );

/** @throws Failure for a run whose time was over, else what was thrown */
export const failedRun = (error: unknown): never => {
  throw error instanceof RunTimedOut ? new Failure(error.message, EXIT.stopped) : error;
};

/** Tells of an ended run; what no kept generation needs any more is folded no more. @throws Failure for what published nothing, and was to */
export const endRun = async (line: Line, result: BatchResult, startedMs: number): Promise<BatchReport> => {
  switch (result.kind) {
    case "published":
    case "unchanged": {
      const elapsedMs = Math.round(performance.now() - startedMs);
      await retireDefinitions(line.data.records, await readFinishedDefinitions(line.data));
      return reportOf(result.kind === "published", result.manifest, elapsedMs);
    }
    case "busy":
      throw busy(result.by);
    case "superseded":
      throw new Failure(
        "another run or a revert was first; nothing was published. Run it again.",
        EXIT.refused,
      );
    case "unready":
      throw unready(result.lacking);
    case "refused":
      throw new Failure(
        `a rebuild would lose ${result.segments.length} segments whose rows are no longer in the raw lake; the standing generation is kept.`,
        EXIT.unbalanced,
      );
  }
};

/** Calls `action` after so long, unless what it returns is called before. */
export const startTimer = (afterMs: number, action: () => void): (() => void) => {
  const timer = setTimeout(action, afterMs);
  return () => clearTimeout(timer);
};

const openSpark = async (line: Line): Promise<ReturnType<typeof localSparkOf>> => {
  await mkdir(join(line.directory, "tmp", "spark"), { recursive: true });
  return localSparkOf(line.store, line.directory, process.env);
};

/** One batch run over an open data directory. @throws Failure when another run is under way, or a rebuild would lose counts. */
export const runBatchOn = async (
  line: Line,
  options: {
    readonly rebuild: boolean;
    readonly engine: BatchEngine;
    readonly schedule: RunRecord["schedule"];
    /** Without these nothing is published. */
    readonly requires: readonly Precondition[];
    /** In all. */
    readonly attemptsMax: number;
    /** Of all attempts; by default as `RUN_SETTINGS` says. */
    readonly timeoutMs?: number;
    readonly onProgress?: (progress: BatchProgress) => void;
  },
): Promise<BatchReport> => {
  const startedMs = performance.now();
  const { rebuild, engine, schedule, requires, attemptsMax, timeoutMs, onProgress } = options;
  const duckdb = await line.duckdb();
  const spark = engine === "spark" ? await openSpark(line) : null;
  const result = await recordedRun({
    records: line.data.records,
    engine,
    rebuild,
    schedule,
    settings: { attemptsMax, ...(timeoutMs === undefined ? {} : { timeoutMs }) },
    logger: line.logger,
    now: Date.now,
    unique: randomUUID(),
    sleep,
    startTimer,
    costOf: await runCostHere(process.env),
    ...(onProgress ? { onProgress } : {}),
    run: (context) =>
      runBatch({
        ...context,
        data: line.data,
        duckdb,
        rebuild,
        requires,
        ...(spark ? { spark } : {}),
      }),
  }).catch(failedRun);
  return endRun(line, result, startedMs);
};
