import type { CheckedPrecondition, EpochMs, RunAttempt, RunCost, RunRecord } from "@freshet/model";
import type { Records } from "@freshet/storage";
import type { BatchProgress } from "../run/progress.js";
import type { BatchResult } from "../run/runBatch.js";
import type { RunLogger } from "../run/runLogger.js";
import { createRunLog } from "./runLog.js";
import { createAttemptNotes } from "./attemptNotes.js";
import { type StartTimer, withTimeout } from "./runTimedOut.js";
import { errorText, expireRuns, lackOf, runEnd, runId, saveRun, UNENDED } from "./runRecord.js";

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
  readonly startTimer: StartTimer;
  /** Of so much time of the machine that it runs on. */
  readonly costOf: (machineMs: number) => RunCost;
  readonly onProgress?: (progress: BatchProgress) => void;
  /** One attempt. What it throws may go away by itself: it is tried again. So is one that lacks a precondition. */
  run(context: AttemptContext): Promise<BatchResult>;
}

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
    ...UNENDED,
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
    const { steps, preconditions, ...noting } = createAttemptNotes(options, () => now() - beganMs);
    const note = (error: string | null): Pick<RunRecord, "attempts" | "preconditions"> => {
      const elapsedMs = now() - beganMs;
      machineMs += elapsedMs;
      const attempt: RunAttempt = { startedMs: beganMs, elapsedMs, error, steps };
      return { attempts: [...record.attempts, attempt], preconditions };
    };
    try {
      const result = await options.run({ logger, signal, ...noting });
      return { kind: "ended", result, noted: note(lackOf(result)) } as const;
    } catch (thrown) {
      const error: unknown = signal.aborted ? signal.reason : thrown;
      return { kind: "failed", error, noted: note(errorText(error)) } as const;
    }
  };

  await expireRuns(records, startedMs);
  await save({});
  return withTimeout({ timeoutMs, startTimer: options.startTimer }, async (signal) => {
    for (let attempt = 1; ; attempt++) {
      const outcome = await attempted(signal);
      const last = attempt >= attemptsMax || signal.aborted;
      if (outcome.kind === "ended" && (last || outcome.result.kind !== "unready")) {
        await save({ ...outcome.noted, ...runEnd(outcome.result) });
        return outcome.result;
      }
      const failed = signal.aborted ? "timed_out" : "failed";
      await save({ ...outcome.noted, outcome: last ? failed : "running" });
      if (outcome.kind === "failed" && last) throw outcome.error;
      await sleep(backOffMs * 2 ** (attempt - 1));
      if (!signal.aborted) continue;
      await save({ outcome: "timed_out" });
      throw signal.reason;
    }
  });
};
