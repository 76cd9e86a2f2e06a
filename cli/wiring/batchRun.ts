import { randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type BatchProgress,
  readFinishedDefinitions,
  recordedRun,
  runBatch,
  RunTimedOut,
} from "@freshet/batch-layer";
import type {
  BatchEngine,
  Disagreement,
  GenerationManifest,
  Ledger,
  Precondition,
  RunRecord,
} from "@freshet/model";
import { retireDefinitions } from "@freshet/speed-layer";
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
}

const reportOf = (
  published: boolean,
  manifest: GenerationManifest | null,
  elapsedMs: number,
): BatchReport => ({
  published,
  generation: manifest?.generation ?? null,
  elapsedMs,
  ledger: manifest?.ledger ?? null,
  disagreements: manifest?.disagreements ?? [],
});

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
    startTimer(afterMs, action) {
      const timer = setTimeout(action, afterMs);
      return () => clearTimeout(timer);
    },
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
  }).catch((error: unknown) => {
    throw error instanceof RunTimedOut ? new Failure(error.message, EXIT.stopped) : error;
  });
  const elapsedMs = Math.round(performance.now() - startedMs);
  switch (result.kind) {
    case "published":
    case "unchanged":
      await retireDefinitions(line.data.records, await readFinishedDefinitions(line.data));
      return reportOf(result.kind === "published", result.manifest, elapsedMs);
    case "busy":
      throw new Failure(
        `another batch run is under way (pid ${result.by.pid ?? "?"}): wait for it.`,
        EXIT.refused,
      );
    case "superseded":
      throw new Failure(
        "another run or a revert was first; nothing was published. Run it again.",
        EXIT.refused,
      );
    case "unready":
      throw new Failure(
        `nothing was published: ${result.lacking.map(({ detail }) => detail).join("; ")}. Wait and run it again, or run it all the same: --require none.`,
        EXIT.unbalanced,
      );
    case "refused":
      throw new Failure(
        `a rebuild would lose ${result.segments.length} segments whose rows are no longer in the raw lake; the standing generation is kept.`,
        EXIT.unbalanced,
      );
  }
};
