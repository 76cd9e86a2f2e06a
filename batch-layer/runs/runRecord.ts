import type { EpochMs, Ledger } from "@freshet/model";
import type { Records } from "@freshet/storage";
import type { BatchResult } from "../run/runBatch.js";
import type { BatchStep } from "../run/progress.js";

export type BatchEngine = "duckdb" | "spark";

/** One try of a run. */
export interface RunAttempt {
  readonly startedMs: EpochMs;
  readonly elapsedMs: number;
  /** What went wrong; null: it came to its end. */
  readonly error: string | null;
  /** When each step began, since the attempt did. */
  readonly steps: readonly { readonly step: BatchStep; readonly atMs: number }[];
}

/** A batch run, kept until it expires: what began it, what it did, how long, over how many rows. */
export interface RunRecord {
  readonly id: string;
  readonly engine: BatchEngine;
  readonly rebuild: boolean;
  /** What began it: a person's command, or a timer of so many milliseconds. */
  readonly schedule: { readonly kind: "command" } | { readonly kind: "every"; readonly everyMs: number };
  readonly startedMs: EpochMs;
  readonly attempts: readonly RunAttempt[];
  readonly outcome: BatchResult["kind"] | "running" | "failed";
  readonly generation: number | null;
  /** Of the generation that it published, all of history. */
  readonly ledger: Ledger | null;
  /** Records that it added to its parent's. */
  readonly records: number;
  readonly elapsedMs: number;
  readonly expiresMs: EpochMs;
}

const PREFIX = "runs/";
/** Instants of one length, so that names sort as time does. */
const INSTANT_DIGITS = 15;

export const runId = (startedMs: number, unique: string): string =>
  `${String(startedMs).padStart(INSTANT_DIGITS, "0")}-${unique}`;

/** Keeps the newest state of a run. */
export const saveRun = async (records: Records, run: RunRecord): Promise<void> => {
  const name = PREFIX + run.id;
  const stored = await records.get<RunRecord>(name);
  await records.replace(name, stored?.revision ?? 0, run);
};

/** The runs that are kept, newest first. */
export const listRuns = async (records: Records): Promise<readonly RunRecord[]> => {
  const stored = await records.list<RunRecord>(PREFIX);
  return stored.map(({ document }) => document.value).sort((a, b) => (a.id < b.id ? 1 : -1));
};

/** Removes runs that have expired. */
export const expireRuns = async (records: Records, nowMs: number): Promise<number> => {
  const expired = (await listRuns(records)).filter(({ expiresMs }) => expiresMs <= nowMs);
  for (const { id } of expired) await records.remove(PREFIX + id);
  return expired.length;
};
