import {
  type Counted,
  type CountOptions,
  horizonTicksOf,
  leastCutTick,
  placeSegments,
  settleSegments,
} from "../run/count.js";
import { insertLookups } from "../run/lookups.js";
import { type GenerationRun, lacksAny } from "../run/makeGeneration.js";
import { withoutLacking } from "../run/metrics.js";
import { metricsToKeep } from "../run/metricsToKeep.js";
import { readAll, type Reading } from "../run/read.js";
import { jobFolder, jobRows, readableIdentities, writeInputs, writeLocalTime } from "./inputs.js";
import type { SparkJob } from "./job.js";
import { planSpark, type SparkPlan } from "./plan.js";
import { belowOut } from "./planned.js";
import { type PlannedJob, savePlannedJob, type SparkJobNumber } from "./plannedJob.js";

/** Whether all of history is counted, and why. */
export const scopeOf = (
  { parent, rebuild, leaveOutLacking }: GenerationRun,
  { schedule }: Reading,
): { readonly history: boolean; readonly lacking: boolean } => {
  const lacking =
    parent !== null &&
    !leaveOutLacking &&
    lacksAny(parent, metricsToKeep(schedule, leastCutTick(parent.cut, parent.ended) ?? -1));
  return { lacking, history: parent !== null && (rebuild || lacking) };
};

/** As `CountOptions`, of a job's run. */
export const countOptionsOf = (run: GenerationRun, reading: Reading): CountOptions => ({
  data: run.data,
  db: run.target.db,
  reading,
  parent: run.parent,
  generation: run.generation,
  history: scopeOf(run, reading).history,
});

/** What Spark does of a run, through the job's cut. */
export const sqlOf = (
  run: GenerationRun,
  { reading, identities, cut, ended, job }: PlannedJob,
): SparkPlan => {
  const { data, parent, generation, rebuild } = run;
  const { id, segmentMs } = data.log.identity;
  const leastTick = leastCutTick(cut, ended);
  const kept = metricsToKeep(reading.schedule, leastTick ?? -1);
  return planSpark({
    log: id,
    segmentMs,
    horizonTicks: horizonTicksOf(data),
    generation,
    history: scopeOf(run, reading).history,
    rebuild,
    parent,
    schedule: reading.schedule,
    metrics: parent !== null && run.leaveOutLacking ? withoutLacking(parent, kept) : kept,
    identities,
    batchThroughMs: leastTick === null ? null : leastTick * segmentMs,
    comparedGroupsMax: run.comparedGroupsMax,
    folder: belowOut(`${jobFolder(generation, job)}files`),
    rowsOf: jobRows(generation, job),
  });
};

/** Writes a job of a run, whose tables are there, through a cut. */
export const writeJob = async (
  run: GenerationRun,
  of: Omit<PlannedJob, "cut" | "ended">,
  { cut, ended }: Pick<Counted, "cut" | "ended">,
): Promise<PlannedJob> => {
  const { target, parent } = run;
  const planned: PlannedJob = { ...of, cut, ended };
  const folder = jobFolder(of.generation, of.job);
  const plan = sqlOf(run, planned);
  const inputs = [
    ...(await writeInputs(target, folder, of.rawFiles)),
    ...(await writeLocalTime(target, folder, plan.metrics, { rawFiles: of.rawFiles, parent })),
    ...plan.inputs,
  ];
  const document: SparkJob = {
    version: 1,
    inputs,
    statements: plan.statements,
    tables: belowOut(`${folder}tables/`),
    result: belowOut(`${folder}result.json`),
  };
  const points = Object.entries(cut).map(([shard, { tick, ordinal }]) => ({ shard, tick, ordinal }));
  await target.lake.put(`${folder}job.json`, Buffer.from(JSON.stringify(document)));
  await target.lake.put(`${folder}cut.json`, Buffer.from(JSON.stringify(points)));
  await savePlannedJob(target, planned);
  return planned;
};

/** Removes what a try that was broken off left of a job. */
export const clearJob = async (
  { target: { lake } }: Pick<GenerationRun, "target">,
  { generation, job }: SparkJobNumber,
): Promise<void> => {
  for (const path of await lake.list(jobFolder(generation, job))) await lake.remove(path);
};

/** Plans a run's first job: through the cut that holds when all books balance but for those that the last run named. */
export const planJob = async (run: GenerationRun, job: number): Promise<PlannedJob> => {
  const { data, target, parent, generation, rebuild } = run;
  run.step("reading");
  await clearJob(run, { generation, job });
  const reading = await readAll(data, target.db, parent);
  const options = countOptionsOf(run, reading);
  const rawFiles = await placeSegments(options);
  await insertLookups(target.db, target.lake, reading.schedule);
  const identities = await readableIdentities(
    target,
    jobFolder(generation, job),
    rebuild ? [] : (parent?.identities ?? []),
  );
  // what the last run named is held back until it is seen to balance
  const counted = await settleSegments(options, rawFiles, parent?.disagreements ?? []);
  return writeJob(run, { generation, job, reading, rawFiles, identities }, counted);
};
