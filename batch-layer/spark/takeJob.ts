import { settleSegments } from "../run/count.js";
import type { GenerationResult, GenerationRun } from "../run/makeGeneration.js";
import { localFiles } from "../generation/files.js";
import { parquet } from "../sql/text.js";
import { jobFolder } from "./inputs.js";
import { filesOfResult, parseSparkResult, type SparkResult } from "./job.js";
import { jobName } from "./jobArguments.js";
import { clearJob, countOptionsOf, writeJob } from "./planJob.js";
import { loadPlannedJob, type SparkJobNumber } from "./plannedJob.js";
import { fromOut } from "./planned.js";
import { sparkGeneration } from "./sparkGeneration.js";

/** A try's first job is given the cut that holds when all books balance; the second, if they do not, the one that does. */
const JOBS_MAX = 2;

/** A run's jobs are numbered; those of its second try, without what the parent lacks, go on after the first's. */
export const firstJobOf = ({ leaveOutLacking }: Pick<GenerationRun, "leaveOutLacking">): number =>
  leaveOutLacking ? JOBS_MAX + 1 : 1;

/** What became of a run when a job of it had ended. */
export type TakenJob =
  | GenerationResult
  /** The books differ: this job counts through the cut that they allow. */
  | { readonly kind: "again"; readonly job: SparkJobNumber };

const readResult = async ({ target }: GenerationRun, of: SparkJobNumber): Promise<SparkResult> =>
  parseSparkResult(await target.lake.get(`${jobFolder(of.generation, of.job)}result.json`));

/** What Spark counted in each segment, as tables beside `segment`. */
const takeCounts = async ({ target: { db, lake } }: GenerationRun, result: SparkResult): Promise<void> => {
  for (const table of ["batch_count", "live_duplicate"]) {
    const files = await localFiles(
      lake,
      filesOfResult(result, table).map(({ path }) => fromOut(path)),
    );
    await db.run(`CREATE TEMP TABLE ${table} AS SELECT * FROM ${parquet(files)}`);
  }
};

/**
 * Compares the books by what an ended job has left, and makes the generation where they allow the cut through which it
 * counted. What a try that was broken off had begun is begun again.
 */
export const takeJob = async (run: GenerationRun, of: SparkJobNumber): Promise<TakenJob> => {
  run.step("deduplicating");
  const planned = await loadPlannedJob(run, of);
  const result = await readResult(run, of);
  await takeCounts(run, result);
  const counted = await settleSegments(countOptionsOf(run, planned.reading), planned.rawFiles);
  if (counted.changedHistory.length > 0) return { kind: "refused", segments: counted.changedHistory };
  if (JSON.stringify(counted.cut) === JSON.stringify(planned.cut))
    return sparkGeneration(run, planned, { result, counted });
  const next = { generation: of.generation, job: of.job + 1 };
  if (next.job - firstJobOf(run) >= JOBS_MAX)
    throw new Error(
      `the books changed while Spark counted ${JOBS_MAX} times (job ${jobName(of)}): run batch again`,
    );
  await clearJob(run, next);
  await writeJob(run, { ...planned, ...next }, counted);
  return { kind: "again", job: next };
};
