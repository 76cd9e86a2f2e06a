import type { EpochMs, GenerationManifest, RunAttempt, RunRecord } from "@freshet/model";
import type { Records } from "@freshet/storage";
import type { BatchProgress, BatchStep } from "../run/progress.js";
import type { BatchResult } from "../run/runBatch.js";
import { expireRuns, runId, saveRun } from "./runRecord.js";

const DAY_MS = 86_400_000;

export const RUN_SETTINGS = {
  /** A run that fails is tried so often in all. */
  attemptsMax: 3,
  /** Before the second attempt; twice as long before each further one. */
  backOffMs: 5_000,
  keepMs: 90 * DAY_MS,
};
export type RunSettings = typeof RUN_SETTINGS;

export interface RecordedRunOptions {
  readonly records: Records;
  readonly engine: RunRecord["engine"];
  readonly rebuild: boolean;
  readonly schedule: RunRecord["schedule"];
  readonly settings?: Partial<RunSettings>;
  readonly now: () => number;
  readonly unique: string;
  readonly sleep: (ms: number) => Promise<void>;
  readonly onProgress?: (progress: BatchProgress) => void;
  /** One attempt. What it throws may go away by itself: it is tried again. */
  run(onProgress: (progress: BatchProgress) => void): Promise<BatchResult>;
}

const manifestOf = (result: BatchResult): GenerationManifest | null =>
  result.kind === "published" || result.kind === "unchanged" ? result.manifest : null;

/** Runs batch with a record of it, and again after a failure. @throws what the last attempt threw */
export const recordedRun = async (options: RecordedRunOptions): Promise<BatchResult> => {
  const { records, engine, rebuild, schedule, now, sleep } = options;
  const { attemptsMax, backOffMs, keepMs } = { ...RUN_SETTINGS, ...options.settings };
  const startedMs = now() as EpochMs;
  let record: RunRecord = {
    id: runId(startedMs, options.unique),
    engine,
    rebuild,
    schedule,
    startedMs,
    attempts: [],
    outcome: "running",
    generation: null,
    ledger: null,
    records: 0,
    elapsedMs: 0,
    expiresMs: (startedMs + keepMs) as EpochMs,
  };
  const save = async (change: Partial<RunRecord>): Promise<void> => {
    record = { ...record, ...change, elapsedMs: now() - startedMs };
    await saveRun(records, record);
  };
  await expireRuns(records, startedMs);
  await save({});
  for (let attempt = 1; ; attempt++) {
    const beganMs = now() as EpochMs;
    const steps: { step: BatchStep; atMs: number }[] = [];
    const note = (error: string | null): readonly RunAttempt[] => [
      ...record.attempts,
      { startedMs: beganMs, elapsedMs: now() - beganMs, error, steps },
    ];
    try {
      const result = await options.run((progress) => {
        if (steps.at(-1)?.step !== progress.step) steps.push({ step: progress.step, atMs: now() - beganMs });
        options.onProgress?.(progress);
      });
      const manifest = manifestOf(result);
      await save({
        attempts: note(null),
        outcome: result.kind,
        generation: manifest?.generation ?? null,
        ledger: manifest?.ledger ?? null,
        records: result.kind === "published" ? result.addedRecords : 0,
      });
      return result;
    } catch (error) {
      const last = attempt >= attemptsMax;
      await save({
        attempts: note(error instanceof Error ? error.message : String(error)),
        outcome: last ? "failed" : "running",
      });
      if (last) throw error;
      await sleep(backOffMs * 2 ** (attempt - 1));
    }
  }
};
