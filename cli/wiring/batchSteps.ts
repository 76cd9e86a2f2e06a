import {
  type BatchProgress,
  giveUpRun,
  jobName,
  prepareRun,
  publishRun,
  type SparkJobNumber,
  sparkJobOf,
  toJobArguments,
} from "@freshet/batch-layer";
import type { Precondition } from "@freshet/model";
import { type BatchReport, busy, endRun, failedRun, reportOf, startTimer, unready } from "./batchRun.js";
import type { Line } from "./line.js";
import { runCostHere } from "./runCost.js";
import { lakeUriOf } from "./spark.js";

/** Steps of a run whose job something else starts. */
export const BATCH_STEP_OPTIONS = ["prepare", "publish", "giveUp"] as const;
export type BatchStepOption = (typeof BATCH_STEP_OPTIONS)[number];

interface StepOptions {
  readonly run: string;
  /** The job that has ended. */
  readonly job?: string;
  readonly rebuild: boolean;
  /** Of the whole run; its first step keeps them. */
  readonly requires: readonly Precondition[];
  /** Of this step. */
  readonly timeoutMs: number;
  readonly onProgress: (progress: BatchProgress) => void;
}

const jobOf = (line: Line, job: SparkJobNumber): NonNullable<BatchReport["job"]> => ({
  name: jobName(job),
  arguments: toJobArguments(sparkJobOf(lakeUriOf(line.store), jobName(job))),
});

const nothingYet = (startedMs: number, job: BatchReport["job"]): BatchReport => ({
  ...reportOf(false, null, Math.round(performance.now() - startedMs)),
  job,
});

/** One step of a run over an open store. @throws Failure where another run is under way, or was first, or would lose counts */
export const runBatchStep = async (
  line: Line,
  step: BatchStepOption,
  { job: ended, ...given }: StepOptions,
): Promise<BatchReport> => {
  const startedMs = performance.now();
  const { data, logger } = line;
  const duckdb = await line.duckdb();
  const costOf = await runCostHere(process.env);
  const options = { ...given, data, logger, duckdb, startTimer, costOf };
  switch (step) {
    case "prepare": {
      const result = await prepareRun(options).catch(failedRun);
      if (result.kind === "busy") throw busy(result.by);
      if (result.kind === "unready") throw unready(result.lacking);
      const job = result.kind === "prepared" ? result.job : null;
      return nothingYet(startedMs, job && jobOf(line, job));
    }
    case "publish": {
      const result = await publishRun({ ...options, ...(ended !== undefined && { ended }) }).catch(failedRun);
      return result.kind === "again"
        ? nothingYet(startedMs, jobOf(line, result.job))
        : endRun(line, result, startedMs);
    }
    case "giveUp": {
      const result = await giveUpRun(options).catch(failedRun);
      if (typeof result !== "boolean") throw busy(result.by);
      return nothingYet(startedMs, null);
    }
  }
};
