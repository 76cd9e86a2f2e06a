import type { CheckedPrecondition, EpochMs, RunCost, RunLogLine, RunRecord } from "@freshet/model";
import type { Records } from "@freshet/storage";
import type { SteppedRun } from "../run/steppedRunRecord.js";
import type { AttemptNotes } from "./attemptNotes.js";
import { RUN_SETTINGS } from "./recordedRun.js";
import { LINES_MAX } from "./runLog.js";
import { expireRuns, readRun, runId, saveRun } from "./runRecord.js";

/** Steps of a run that are kept; what starts them repeats each a few times. */
const STEPS_MAX = 100;

/** What a step did. */
export interface RecordedStep {
  readonly beganMs: EpochMs;
  readonly nowMs: number;
  readonly timeoutMs: number;
  readonly notes: Pick<AttemptNotes, "steps" | "preconditions">;
  /** What it said, since it began. */
  readonly lines: readonly RunLogLine[];
  readonly error: string | null;
  readonly end: Pick<RunRecord, "outcome" | "generation" | "ledger" | "records">;
  /** Of so much time of the machine that it runs on. */
  readonly costOf: (machineMs: number) => RunCost;
}

const newest = (
  before: readonly CheckedPrecondition[],
  checked: readonly CheckedPrecondition[],
): readonly CheckedPrecondition[] => [
  ...before.filter(({ name }) => !checked.some((one) => one.name === name)),
  ...checked,
];

/** Adds a step to the record of a run in steps: its attempts are its steps, and its cost is theirs, without the job's. */
export const recordSteppedRun = async (
  records: Records,
  { run, rebuild, startedMs }: Pick<SteppedRun, "run" | "rebuild" | "startedMs">,
  { beganMs, nowMs, timeoutMs, notes, lines, error, end, costOf }: RecordedStep,
): Promise<void> => {
  const id = runId(startedMs, run);
  const before = await readRun(records, id);
  const step = { startedMs: beganMs, elapsedMs: nowMs - beganMs, error, steps: notes.steps };
  const attempts = [...(before?.attempts ?? []), step].slice(-STEPS_MAX);
  const said = lines.map((line) => ({ ...line, atMs: line.atMs + beganMs - startedMs }));
  await expireRuns(records, nowMs);
  await saveRun(records, {
    id,
    engine: "spark",
    rebuild,
    schedule: { kind: "command" },
    startedMs,
    timeoutMs,
    preconditions: newest(before?.preconditions ?? [], notes.preconditions),
    attempts,
    log: [...(before?.log ?? []), ...said].slice(0, LINES_MAX),
    ...end,
    elapsedMs: nowMs - startedMs,
    cost: costOf(attempts.reduce((sum, { elapsedMs }) => sum + elapsedMs, 0)),
    expiresMs: (startedMs + RUN_SETTINGS.keepMs) as EpochMs,
  });
};
