import { type EpochMs, generationPath, type RunCost } from "@freshet/model";
import type { Lease, Versioned } from "@freshet/storage";
import { mendStanding } from "../catalogue/writeStanding.js";
import { reserveGeneration } from "../generation/publish.js";
import { readManifest, readStanding } from "../generation/standing.js";
import { createAttemptNotes } from "../runs/attemptNotes.js";
import { createRunLog } from "../runs/runLog.js";
import { errorText, lackOf, runEnd, UNENDED } from "../runs/runRecord.js";
import { type StartTimer, withTimeout } from "../runs/runTimedOut.js";
import { type RecordedStep, recordSteppedRun } from "../runs/steppedRecord.js";
import { jobName } from "../spark/jobArguments.js";
import { onOwnTables } from "../spark/makeSparkGeneration.js";
import { planJob } from "../spark/planJob.js";
import type { SparkJobNumber } from "../spark/plannedJob.js";
import { firstJobOf, takeJob } from "../spark/takeJob.js";
import { ledgerPaths } from "./ledgerFiles.js";
import type { GenerationRun } from "./makeGeneration.js";
import { repair } from "./repair.js";
import {
  type BatchOptions,
  type BatchResult,
  clockOf,
  generationRun,
  lackingHour,
  type Running,
  warnOfLeftOut,
  withBatchLease,
} from "./runBatch.js";
import { addedBy, clean, letStand } from "./stand.js";
import {
  hasEnded,
  holdsUntil,
  notPrepared,
  readSteppedRun,
  type SteppedRun,
  writeSteppedRun,
} from "./steppedRunRecord.js";

/** A run in steps has a name, by which its steps know each other. What it requires, its first step is told. */
export interface SteppedRunOptions extends Omit<BatchOptions, "spark" | "signal"> {
  readonly run: string;
  /** Of each step: past it, it is interrupted, and may be repeated. */
  readonly timeoutMs: number;
  readonly startTimer: StartTimer;
  /** Of so much time of the machine that a step runs on. */
  readonly costOf: (machineMs: number) => RunCost;
}

export type Prepared =
  /** The job that is to be run before the next step. */
  | { readonly kind: "prepared"; readonly job: SparkJobNumber }
  /** The run has ended already: this step is repeated. */
  | { readonly kind: "ended" }
  | Extract<BatchResult, { readonly kind: "busy" | "unready" }>;

interface Step {
  readonly options: BatchOptions;
  /** Adds to the run's record what this step has done so far. */
  record(
    of: Parameters<typeof recordSteppedRun>[1],
    what: Pick<RecordedStep, "error" | "end">,
  ): Promise<void>;
}

/** Interrupts a step when its time is over, and keeps what it tells of itself. */
const inTime = <T>(given: SteppedRunOptions, action: (step: Step) => Promise<T>): Promise<T> =>
  withTimeout(given, (signal) => {
    const now = clockOf(given);
    const beganMs = now() as EpochMs;
    const elapsedMs = (): number => now() - beganMs;
    const { logger, lines } = createRunLog(given.logger, elapsedMs);
    const { steps, preconditions, ...noting } = createAttemptNotes(given, elapsedMs);
    const { timeoutMs, costOf } = given;
    return action({
      options: { ...given, signal, logger, ...noting },
      record: (of, what) =>
        recordSteppedRun(given.data.records, of, {
          ...{ beganMs, nowMs: now(), timeoutMs, costOf, lines, ...what },
          notes: { steps, preconditions },
        }),
    });
  });

const counting = (of: SteppedRun, job: number, nowMs: number): SteppedRun => ({
  ...of,
  untilMs: holdsUntil(nowMs),
  state: { kind: "counting", job },
});

/**
 * The first step: writes the run's job, if the last whole hour is there where the run requires it. From here on others are held
 * off, until the run has ended, is given up, or its job is overdue. Repeated, it finds what was written.
 */
export const prepareRun = (given: SteppedRunOptions): Promise<Prepared> =>
  inTime(given, ({ options, record }) =>
    withBatchLease(options, given.run, async (running): Promise<Prepared> => {
      const { run } = given;
      const { data, logger, rebuild = false, requires = [] } = options;
      const stored = await readSteppedRun(data.records);
      if (stored?.value.run === run) {
        const { state, generation } = stored.value;
        if (state.kind === "counting") return { kind: "prepared", job: { generation, job: state.job } };
        if (state.outcome !== "published" && state.outcome !== "unchanged")
          throw hasEnded(run, state.outcome);
        return { kind: "ended" };
      }
      const startedMs = clockOf(options)() as EpochMs;
      const lacking = await lackingHour(options);
      if (lacking) {
        const result = { kind: "unready", lacking: [lacking] } as const;
        await record({ run, rebuild, startedMs }, { error: lackOf(result), end: runEnd(result) });
        return result;
      }
      const standing = await readStanding(data);
      if (standing.manifest) await mendStanding(data, standing.revision, standing.manifest);
      await repair(data, running.db, standing.manifest, logger);
      const generation = await reserveGeneration(data.records);
      const of = { parent: standing.manifest, generation, rebuild, leaveOutLacking: false };
      const { job } = await onOwnTables(generationRun(options, running, of), (own) =>
        planJob(own, firstJobOf(own)),
      );
      const begun: SteppedRun = {
        ...{ run, generation, rebuild, requires, startedMs, leaveOutLacking: false },
        standingRevision: standing.revision,
        untilMs: holdsUntil(clockOf(options)()),
        state: { kind: "counting", job },
      };
      await writeSteppedRun(data.records, stored?.revision ?? 0, begun);
      await record(begun, { error: null, end: UNENDED });
      return { kind: "prepared", job: { generation, job } };
    }),
  );

export type Taken =
  | BatchResult
  /** The books differ, or rows are lost that a new metric needs: another job is to be run, and this step again. */
  | { readonly kind: "again"; readonly job: SparkJobNumber };

/** Removes what this step left when it was broken off: nothing names it yet. */
const clearLedger = async ({ target: { lake }, generation }: GenerationRun): Promise<void> => {
  for (const path of [...ledgerPaths(generation), generationPath(generation)]) await lake.remove(path);
};

/** What an ended job makes of a run, and which job is the next one's. */
const take = async (
  options: BatchOptions,
  run: GenerationRun,
  job: number,
): Promise<Awaited<ReturnType<typeof takeJob>> & { readonly leaveOutLacking: boolean }> => {
  const { generation, leaveOutLacking } = run;
  const taken = await onOwnTables(run, (own) => takeJob(own, { generation, job }));
  if (taken.kind !== "refused" || run.rebuild || leaveOutLacking) return { ...taken, leaveOutLacking };
  warnOfLeftOut(options, taken.segments);
  const without = { ...run, leaveOutLacking: true };
  const planned = await onOwnTables(without, (own) => planJob(own, firstJobOf(without)));
  return { kind: "again", job: { generation, job: planned.job }, leaveOutLacking: true };
};

/** What becomes of a run after its newest job; another is to be run, or it has ended. */
const goOn = async (
  options: BatchOptions,
  running: Running,
  of: SteppedRun,
  job: number,
): Promise<
  | { readonly kind: "again"; readonly job: SparkJobNumber; readonly leaveOutLacking: boolean }
  | { readonly kind: "ended"; readonly result: BatchResult }
> => {
  const { data } = options;
  const { generation, rebuild, leaveOutLacking } = of;
  const standing = await readStanding(data);
  if (standing.manifest?.generation === generation) {
    // it stood before this step was broken off
    const { manifest } = standing;
    await mendStanding(data, standing.revision, manifest);
    await clean(options, running, manifest);
    const parent = manifest.parent === null ? null : await readManifest(data, manifest.parent);
    return {
      kind: "ended",
      result: { kind: "published", manifest, addedRecords: addedBy(manifest, parent) },
    };
  }
  if (standing.revision !== of.standingRevision) return { kind: "ended", result: { kind: "superseded" } };
  const about = { parent: standing.manifest, generation, rebuild, leaveOutLacking };
  const run = generationRun(options, running, about);
  await clearLedger(run);
  const taken = await take(options, run, job);
  switch (taken.kind) {
    case "again":
      return taken;
    case "refused":
      return { kind: "ended", result: { kind: "refused", segments: taken.segments } };
    case "made":
    case "unchanged":
      return {
        kind: "ended",
        result: await letStand({ ...options, requires: of.requires }, running, { made: taken, standing }),
      };
  }
};

/**
 * The step after a job: compares the books by what it left, and publishes, or asks for another job. Repeated, it finds what
 * it did.
 *
 * @param ended the name of the job that has ended: what is asked of an earlier one than the run's newest is answered by that
 */
export const publishRun = (given: SteppedRunOptions & { readonly ended?: string }): Promise<Taken> =>
  inTime(given, ({ options, record }) =>
    withBatchLease(options, given.run, async (running): Promise<Taken> => {
      const { logger, data } = options;
      const { records } = data;
      const { run: name, ended } = given;
      const stored = await readSteppedRun(records);
      if (stored?.value.run !== name) throw notPrepared(name, stored?.value.run);
      const of = stored.value;
      if (of.state.kind === "ended") return endedResult(options, of, of.state);
      const { job } = of.state;
      const newest = { generation: of.generation, job };
      if (ended !== undefined && ended !== jobName(newest)) return { kind: "again", job: newest };
      const next = await goOn(options, running, of, job).catch(async (thrown: unknown) => {
        const error: unknown = running.signal.aborted ? running.signal.reason : thrown;
        // what went wrong is thrown, even where it cannot be kept
        await record(of, { error: errorText(error), end: UNENDED }).catch(() => {});
        throw error;
      });
      if (next.kind === "again") {
        const { leaveOutLacking } = next;
        const onward = counting({ ...of, leaveOutLacking }, next.job.job, clockOf(options)());
        await writeSteppedRun(records, stored.revision, onward);
        await record(of, { error: null, end: UNENDED });
        return { kind: "again", job: next.job };
      }
      const { result } = next;
      logger.info({ result: result.kind, run: name }, "batch run");
      const end = runEnd(result);
      await record(of, { error: lackOf(result), end });
      const state = { kind: "ended", outcome: end.outcome, addedRecords: end.records } as const;
      await writeSteppedRun(records, stored.revision, { ...of, state });
      return result;
    }),
  );

/** What a run ended with, told again. @throws Error where it left nothing to tell of */
const endedResult = async (
  { data }: BatchOptions,
  { run, generation }: SteppedRun,
  { outcome, addedRecords }: Extract<SteppedRun["state"], { readonly kind: "ended" }>,
): Promise<BatchResult> => {
  switch (outcome) {
    case "published":
      return { kind: "published", manifest: await readManifest(data, generation), addedRecords };
    case "unchanged":
      return { kind: "unchanged", manifest: (await readStanding(data)).manifest };
    case "superseded":
      return { kind: "superseded" };
    default:
      throw hasEnded(run, outcome);
  }
};

/** Lets others run again where a run's job or step has failed for good; what it wrote goes with the next generation. False: it is not under way. */
export const giveUpRun = (
  given: SteppedRunOptions,
): Promise<boolean | { readonly kind: "busy"; readonly by: Lease }> =>
  inTime(given, async ({ options, record }) => {
    const { records } = given.data;
    const underWay = async (): Promise<Versioned<SteppedRun> | null> => {
      const stored = await readSteppedRun(records);
      return stored?.value.run === given.run && stored.value.state.kind === "counting" ? stored : null;
    };
    if (!(await underWay())) return false;
    return withBatchLease(options, given.run, async () => {
      const stored = await underWay();
      if (!stored) return false;
      const state = { kind: "ended", outcome: "failed", addedRecords: 0 } as const;
      await record(stored.value, {
        error: "given up by what started it",
        end: { ...UNENDED, outcome: "failed" },
      });
      await writeSteppedRun(records, stored.revision, { ...stored.value, state });
      return true;
    });
  });
