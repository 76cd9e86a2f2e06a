import type { EpochMs } from "../brand.js";
import type { Ledger } from "./ledger.js";

export const BATCH_ENGINES = ["duckdb", "spark"] as const;
export type BatchEngine = (typeof BATCH_ENGINES)[number];

/** What batch runs end with; `running` has not ended, or was killed. */
export const RUN_OUTCOMES = [
  "running",
  "published",
  "unchanged",
  "busy",
  "superseded",
  "refused",
  "failed",
] as const;
export type RunOutcome = (typeof RUN_OUTCOMES)[number];

/** One try of a run. */
export interface RunAttempt {
  readonly startedMs: EpochMs;
  readonly elapsedMs: number;
  /** What went wrong; null: it came to its end. */
  readonly error: string | null;
  /** When each step began, since the attempt did. */
  readonly steps: readonly { readonly step: string; readonly atMs: number }[];
}

/** A batch run, kept until it expires: what began it, what it did, how long, over how many rows. */
export interface RunRecord {
  readonly id: string;
  readonly engine: BatchEngine;
  readonly rebuild: boolean;
  /** What began it: a person's command, or a timer. */
  readonly schedule: { readonly kind: "command" } | { readonly kind: "every"; readonly everyMs: number };
  readonly startedMs: EpochMs;
  readonly attempts: readonly RunAttempt[];
  readonly outcome: RunOutcome;
  readonly generation: number | null;
  /** Of the generation that stands after it, all of history. */
  readonly ledger: Ledger | null;
  /** Records that it added to its parent's. */
  readonly records: number;
  readonly elapsedMs: number;
  readonly expiresMs: EpochMs;
}

/** Runs lie in `Records` under this and their id; ids sort as time does. */
export const RUNS_PREFIX = "runs/";
