import { type EpochMs, type GenerationManifest, generationPath } from "@freshet/model";
import type { DuckDb, Lease, Versioned } from "@freshet/storage";
import { reserveGeneration } from "../generation/publish.js";
import { readManifest, readStanding } from "../generation/standing.js";
import { recordSteppedRun } from "../runs/steppedRecord.js";
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

/** A run in steps has a name, by which its steps know each other. */
export interface SteppedRunOptions extends Omit<BatchOptions, "spark"> {
  readonly run: string;
}

export type Prepared =
  /** The job that is to be run before the next step. */
  | { readonly kind: "prepared"; readonly job: SparkJobNumber }
  /** The run has ended already: this step is repeated. */
  | { readonly kind: "ended" }
  | { readonly kind: "busy"; readonly by: Lease };

const counting = (of: SteppedRun, job: number, nowMs: number): SteppedRun => ({
  ...of,
  untilMs: holdsUntil(nowMs),
  state: { kind: "counting", job },
});

/**
 * The first step: writes the run's job. From here on others are held off, until the run has ended, is given up, or its job
 * is overdue. Repeated, it finds what was written.
 */
export const prepareRun = (options: SteppedRunOptions): Promise<Prepared> =>
  withBatchLease(options, options.run, async (db, step): Promise<Prepared> => {
    const { data, logger, run, rebuild = false } = options;
    const stored = await readSteppedRun(data.records);
    if (stored?.value.run === run) {
      const { state, generation } = stored.value;
      if (state.kind === "counting") return { kind: "prepared", job: { generation, job: state.job } };
      if (state.outcome !== "published" && state.outcome !== "unchanged") throw hasEnded(run, state.outcome);
      return { kind: "ended" };
    }
    const startedMs = clockOf(options)() as EpochMs;
    const standing = await readStanding(data);
    await repair(data, db, standing.manifest, logger);
    const generation = await reserveGeneration(data.records);
    const of = { parent: standing.manifest, generation, rebuild, leaveOutLacking: false };
    const { job } = await onOwnTables(generationRun(options, db, of, step), (own) =>
      planJob(own, firstJobOf(own)),
    );
    const begun: SteppedRun = {
      ...{ run, generation, rebuild, startedMs, leaveOutLacking: false },
      standingRevision: standing.revision,
      untilMs: holdsUntil(clockOf(options)()),
      state: { kind: "counting", job },
    };
    await writeSteppedRun(data.records, stored?.revision ?? 0, begun);
    await recordSteppedRun(data.records, begun, { outcome: "running", nowMs: clockOf(options)() });
    return { kind: "prepared", job: { generation, job } };
  });

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
  options: SteppedRunOptions,
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

/**
 * The step after a job: compares the books by what it left, and publishes, or asks for another job. Repeated, it finds what
 * it did.
 *
 * @param ended the name of the job that has ended: what is asked of an earlier one than the run's newest is answered by that
 */
export const publishRun = (options: SteppedRunOptions & { readonly ended?: string }): Promise<Taken> =>
  withBatchLease(options, options.run, async (db: DuckDb, step): Promise<Taken> => {
    const { data, run: name, logger } = options;
    const { records } = data;
    const stored = await readSteppedRun(records);
    if (stored?.value.run !== name) throw notPrepared(name, stored?.value.run);
    const of = stored.value;
    const nowMs = clockOf(options);
    const standing = await readStanding(data);
    const end = async (result: BatchResult, manifest: GenerationManifest | null): Promise<BatchResult> => {
      const addedRecords = result.kind === "published" ? result.addedRecords : 0;
      const state = { kind: "ended", outcome: result.kind, addedRecords } as const;
      await recordSteppedRun(records, of, { outcome: result.kind, nowMs: nowMs(), manifest, addedRecords });
      await writeSteppedRun(records, stored.revision, { ...of, state });
      logger.info({ result: result.kind, run: name }, "batch run");
      return result;
    };
    if (of.state.kind === "ended") return endedResult(options, of, of.state);
    const newest = { generation: of.generation, job: of.state.job };
    if (options.ended !== undefined && options.ended !== jobName(newest))
      return { kind: "again", job: newest };
    if (standing.manifest?.generation === of.generation) {
      // it stood before this step was broken off
      const { manifest } = standing;
      await clean(options, db, manifest);
      const parent = manifest.parent === null ? null : await readManifest(data, manifest.parent);
      return end({ kind: "published", manifest, addedRecords: addedBy(manifest, parent) }, manifest);
    }
    if (standing.revision !== of.standingRevision) return end({ kind: "superseded" }, null);
    const { generation, rebuild, leaveOutLacking } = of;
    const run = generationRun(
      options,
      db,
      { parent: standing.manifest, generation, rebuild, leaveOutLacking },
      step,
    );
    await clearLedger(run);
    const taken = await take(options, run, of.state.job);
    switch (taken.kind) {
      case "again":
        await writeSteppedRun(
          records,
          stored.revision,
          counting({ ...of, leaveOutLacking: taken.leaveOutLacking }, taken.job.job, nowMs()),
        );
        return { kind: "again", job: taken.job };
      case "unchanged":
        return end({ kind: "unchanged", manifest: standing.manifest }, standing.manifest);
      case "refused":
        return end({ kind: "refused", segments: taken.segments }, null);
      case "made": {
        const result = await letStand(options, db, { manifest: taken.manifest, standing }, step);
        return end(result, result.kind === "published" ? result.manifest : null);
      }
    }
  });

/** What a run ended with, told again. @throws Error where it left nothing to tell of */
const endedResult = async (
  { data }: SteppedRunOptions,
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
export const giveUpRun = async (
  options: SteppedRunOptions,
): Promise<boolean | { readonly kind: "busy"; readonly by: Lease }> => {
  const { data, run } = options;
  const underWay = async (): Promise<Versioned<SteppedRun> | null> => {
    const stored = await readSteppedRun(data.records);
    return stored?.value.run === run && stored.value.state.kind === "counting" ? stored : null;
  };
  if (!(await underWay())) return false;
  return withBatchLease(options, run, async () => {
    const stored = await underWay();
    if (!stored) return false;
    const state = { kind: "ended", outcome: "failed", addedRecords: 0 } as const;
    await recordSteppedRun(data.records, stored.value, { outcome: "failed", nowMs: clockOf(options)() });
    await writeSteppedRun(data.records, stored.revision, { ...stored.value, state });
    return true;
  });
};
