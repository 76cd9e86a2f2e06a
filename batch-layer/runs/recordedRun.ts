import type {
  CheckedPrecondition,
  EpochMs,
  GenerationManifest,
  RunAttempt,
  RunCost,
  RunRecord,
} from "@freshet/model";
import type { Records } from "@freshet/storage";
import type { BatchProgress, BatchStep } from "../run/progress.js";
import type { BatchResult } from "../run/runBatch.js";
import type { RunLogger } from "../run/runLogger.js";
import { createRunLog } from "./runLog.js";
import { expireRuns, runId, saveRun } from "./runRecord.js";
import { RunTimedOut } from "./runTimedOut.js";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

export const RUN_SETTINGS = {
  /** A run that fails is tried so often in all. */
  attemptsMax: 3,
  /** Before the second attempt; twice as long before each further one. */
  backOffMs: 5_000,
  /** Of a run with all its attempts: past it, it is interrupted. */
  timeoutMs: 6 * HOUR_MS,
  keepMs: 90 * DAY_MS,
};
export type RunSettings = typeof RUN_SETTINGS;

/** What an attempt is given. */
export interface AttemptContext {
  readonly logger: RunLogger;
  /** Given when the run's time is over: the attempt ends, and publishes nothing. */
  readonly signal: AbortSignal;
  onProgress(progress: BatchProgress): void;
  onPrecondition(checked: CheckedPrecondition): void;
}

export interface RecordedRunOptions {
  readonly records: Records;
  readonly engine: RunRecord["engine"];
  readonly rebuild: boolean;
  readonly schedule: RunRecord["schedule"];
  readonly settings?: Partial<RunSettings>;
  readonly logger: RunLogger;
  readonly now: () => number;
  readonly unique: string;
  readonly sleep: (ms: number) => Promise<void>;
  /** Calls `action` after so long, unless what it returns is called before. */
  readonly startTimer: (afterMs: number, action: () => void) => () => void;
  /** Of so much time of the machine that it runs on. */
  readonly costOf: (machineMs: number) => RunCost;
  readonly onProgress?: (progress: BatchProgress) => void;
  /** One attempt. What it throws may go away by itself: it is tried again. So is one that lacks a precondition. */
  run(context: AttemptContext): Promise<BatchResult>;
}

const manifestOf = (result: BatchResult): GenerationManifest | null =>
  result.kind === "published" || result.kind === "unchanged" ? result.manifest : null;

const lackOf = (result: BatchResult): string | null =>
  result.kind === "unready" ? result.lacking.map(({ detail }) => detail).join("; ") : null;

/** Runs batch with a record of it, and again after a failure. @throws what the last attempt threw, or RunTimedOut */
export const recordedRun = async (options: RecordedRunOptions): Promise<BatchResult> => {
  const { records, engine, rebuild, schedule, now, sleep, costOf } = options;
  const { attemptsMax, backOffMs, timeoutMs, keepMs } = { ...RUN_SETTINGS, ...options.settings };
  const startedMs = now() as EpochMs;
  const { logger, lines } = createRunLog(options.logger, () => now() - startedMs);
  let machineMs = 0;
  let record: RunRecord = {
    id: runId(startedMs, options.unique),
    engine,
    rebuild,
    schedule,
    startedMs,
    timeoutMs,
    preconditions: [],
    attempts: [],
    log: lines,
    outcome: "running",
    generation: null,
    ledger: null,
    records: 0,
    elapsedMs: 0,
    cost: costOf(0),
    expiresMs: (startedMs + keepMs) as EpochMs,
  };
  const save = async (change: Partial<RunRecord>): Promise<void> => {
    record = { ...record, ...change, elapsedMs: now() - startedMs, cost: costOf(machineMs) };
    await saveRun(records, record);
  };

  const attempted = async (signal: AbortSignal) => {
    const beganMs = now() as EpochMs;
    const steps: { step: BatchStep; atMs: number }[] = [];
    const preconditions: CheckedPrecondition[] = [];
    const note = (error: string | null): Pick<RunRecord, "attempts" | "preconditions"> => {
      const elapsedMs = now() - beganMs;
      machineMs += elapsedMs;
      const attempt: RunAttempt = { startedMs: beganMs, elapsedMs, error, steps };
      return { attempts: [...record.attempts, attempt], preconditions };
    };
    try {
      const result = await options.run({
        logger,
        signal,
        onProgress(progress) {
          if (steps.at(-1)?.step !== progress.step)
            steps.push({ step: progress.step, atMs: now() - beganMs });
          options.onProgress?.(progress);
        },
        onPrecondition: (checked) => preconditions.push(checked),
      });
      return { kind: "ended", result, noted: note(lackOf(result)) } as const;
    } catch (thrown) {
      const error: unknown = signal.aborted ? signal.reason : thrown;
      return {
        kind: "failed",
        error,
        noted: note(error instanceof Error ? error.message : String(error)),
      } as const;
    }
  };

  await expireRuns(records, startedMs);
  await save({});
  const stop = new AbortController();
  const cancel = options.startTimer(timeoutMs, () => stop.abort(new RunTimedOut(timeoutMs)));
  try {
    for (let attempt = 1; ; attempt++) {
      const outcome = await attempted(stop.signal);
      const last = attempt >= attemptsMax || stop.signal.aborted;
      if (outcome.kind === "ended" && (last || outcome.result.kind !== "unready")) {
        const { result, noted } = outcome;
        const manifest = manifestOf(result);
        await save({
          ...noted,
          outcome: result.kind,
          generation: manifest?.generation ?? null,
          ledger: manifest?.ledger ?? null,
          records: result.kind === "published" ? result.addedRecords : 0,
        });
        return result;
      }
      const failed = stop.signal.aborted ? "timed_out" : "failed";
      await save({ ...outcome.noted, outcome: last ? failed : "running" });
      if (outcome.kind === "failed" && last) throw outcome.error;
      await sleep(backOffMs * 2 ** (attempt - 1));
      if (!stop.signal.aborted) continue;
      await save({ outcome: "timed_out" });
      throw stop.signal.reason;
    }
  } finally {
    cancel();
  }
};
