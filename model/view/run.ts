import type { EpochMs } from "../brand.js";
import type { Ledger } from "./ledger.js";

export const BATCH_ENGINES = ["duckdb", "spark"] as const;
export type BatchEngine = (typeof BATCH_ENGINES)[number];

/** What batch runs end with; `running` has not ended, or was killed; `unready` lacks a precondition that it was to have. */
export const RUN_OUTCOMES = [
  "running",
  "published",
  "unchanged",
  "busy",
  "superseded",
  "refused",
  "unready",
  "timed_out",
  "failed",
] as const;
export type RunOutcome = (typeof RUN_OUTCOMES)[number];

/** One try of a run, or one step of a run in steps. */
export interface RunAttempt {
  readonly startedMs: EpochMs;
  readonly elapsedMs: number;
  /** What went wrong; null: it came to its end. */
  readonly error: string | null;
  /** When each step began, since the attempt did. */
  readonly steps: readonly { readonly step: string; readonly atMs: number }[];
}

/**
 * What a run looks at before it publishes. `landed`: the last whole hour has landed in every shard. `balanced`: no segment is
 * held back because speed and batch counted it differently.
 */
export const PRECONDITIONS = ["landed", "balanced"] as const;
export type Precondition = (typeof PRECONDITIONS)[number];

export interface CheckedPrecondition {
  readonly name: Precondition;
  /** Whether the run was to publish nothing without it. */
  readonly required: boolean;
  readonly holds: boolean;
  /** What was found; where it does not hold, the shards that lack it. */
  readonly detail: string;
}

/** What a run cost: USD where the machine that it ran on has a price, else the seconds that it took of one machine. */
export type RunCost =
  | {
      readonly kind: "usd";
      readonly usd: number;
      /** What of, at which price, as of which day. */
      readonly because: string;
    }
  | { readonly kind: "machine_seconds"; readonly seconds: number };

/** What a run said, from its beginning on. */
export interface RunLogLine {
  readonly atMs: number;
  readonly level: "info" | "warn";
  readonly text: string;
}

/** A batch run, kept until it expires: what began it, what it did, how long, over how many rows. */
export interface RunRecord {
  readonly id: string;
  readonly engine: BatchEngine;
  readonly rebuild: boolean;
  /** What began it: a person's command, or a timer. */
  readonly schedule: { readonly kind: "command" } | { readonly kind: "every"; readonly everyMs: number };
  readonly startedMs: EpochMs;
  /** Past it the run was interrupted, with all its attempts. */
  readonly timeoutMs: number;
  /** As the last attempt found them. */
  readonly preconditions: readonly CheckedPrecondition[];
  readonly attempts: readonly RunAttempt[];
  readonly log: readonly RunLogLine[];
  readonly outcome: RunOutcome;
  readonly generation: number | null;
  /** Of the generation that stands after it, all of history. */
  readonly ledger: Ledger | null;
  /** Records that it added to its parent's. */
  readonly records: number;
  readonly elapsedMs: number;
  readonly cost: RunCost;
  readonly expiresMs: EpochMs;
}

/** Runs lie in `Records` under this and their id; ids sort as time does. */
export const RUNS_PREFIX = "runs/";
