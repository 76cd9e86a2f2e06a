import type { EpochMs, Precondition, RunRecord } from "@freshet/model";
import type { Lease, Records, Versioned } from "@freshet/storage";
import { jobName } from "../spark/jobArguments.js";

/** The name in `Records` of the newest run in steps, and of what it holds others off by. */
export const STEPPED_RUN = "stepped-run";
const HOUR_MS = 3_600_000;
/** A job that takes longer is ended by whoever started it. */
export const JOB_TIMEOUT_MS = 4 * HOUR_MS;
/** After its last step a run holds others off: as long as a job may take, and the step after it may wait. */
const HOLDS_MS = JOB_TIMEOUT_MS + HOUR_MS;

/** A run whose job something else starts, between two of its steps. */
export interface SteppedRun {
  readonly run: string;
  readonly generation: number;
  /** The pointer's revision that the generation is to replace. */
  readonly standingRevision: number;
  readonly rebuild: boolean;
  readonly requires: readonly Precondition[];
  readonly leaveOutLacking: boolean;
  readonly startedMs: EpochMs;
  /** When it no longer holds off others. */
  readonly untilMs: EpochMs;
  readonly state:
    | { readonly kind: "counting"; readonly job: number }
    | { readonly kind: "ended"; readonly outcome: RunRecord["outcome"]; readonly addedRecords: number };
}

export const holdsUntil = (nowMs: number): EpochMs => (nowMs + HOLDS_MS) as EpochMs;

export const readSteppedRun = (records: Pick<Records, "get">): Promise<Versioned<SteppedRun> | null> =>
  records.get<SteppedRun>(STEPPED_RUN);

/** @throws Error when another process has changed it since it was read */
export const writeSteppedRun = async (records: Records, revision: number, run: SteppedRun): Promise<void> => {
  if (!(await records.replace(STEPPED_RUN, revision, run)))
    throw new Error(`run ${run.run} was changed by another process: try again`);
};

/** The run in steps that holds others off, as if it had a lease. @param own the name of a run that is not held off */
export const steppedRunUnderWay = async (
  records: Pick<Records, "get">,
  own: string | null,
  nowMs: number,
): Promise<Lease | null> => {
  const found = (await readSteppedRun(records))?.value;
  if (!found || found.run === own || found.state.kind === "ended" || found.untilMs <= nowMs) return null;
  return { name: STEPPED_RUN, owner: found.run, expiresMs: found.untilMs, pid: null };
};

/** What is to be done next of a run in steps: run a job (its name, as `sparkJobOf` takes it), or nothing. */
export type NextStep = { readonly kind: "count"; readonly job: string } | { readonly kind: "done" };

/** @throws Error for a run that was not prepared, that another has taken the place of, or that has failed */
export const nextStepOf = async (records: Pick<Records, "get">, run: string): Promise<NextStep> => {
  const found = (await readSteppedRun(records))?.value;
  if (found?.run !== run) throw notPrepared(run, found?.run);
  const { state, generation } = found;
  if (state.kind === "counting") return { kind: "count", job: jobName({ generation, job: state.job }) };
  if (state.outcome === "published" || state.outcome === "unchanged") return { kind: "done" };
  throw hasEnded(found.run, state.outcome);
};

export const notPrepared = (run: string, other: string | undefined): Error =>
  new Error(
    `run ${run} is not under way: ${other === undefined ? "none was prepared" : `the newest that was prepared is ${other}`}`,
  );

export const hasEnded = (run: string, outcome: string): Error =>
  new Error(`run ${run} has ended (${outcome}): prepare another, by another name`);
