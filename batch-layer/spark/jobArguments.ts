/** Where a Spark job finds what it needs, and leaves what it makes: URIs, or paths where the lake is a directory. */
export interface SparkJob {
  /** The folder of its statements, `*.sql`, run in the order of their names. */
  readonly sql: string;
  /** The raw lake: `hour=YYYYMMDDHH/` below it. */
  readonly raw: string;
  /** The folder in which it leaves the generation's files; it is empty, or holds what an attempt before left. */
  readonly out: string;
  /** JSON: by shard, the last segment that the generation contains. */
  readonly cut: string;
}

/** The names of the driver's arguments, in their order; `spark/driver.py` declares the same. */
export const SPARK_JOB_FLAGS = {
  sql: "--sql",
  raw: "--raw",
  out: "--out",
  cut: "--cut",
} as const satisfies Record<keyof SparkJob, string>;

const FLAGS = Object.entries(SPARK_JOB_FLAGS) as readonly (readonly [keyof SparkJob, string])[];

/** What the driver is started with: by `spark-submit`, EMR Serverless or Glue. */
export const sparkJobArguments = (job: SparkJob): readonly string[] =>
  FLAGS.flatMap(([name, flag]) => [flag, job[name]]);

const RUNS = "batch-runs/";

/**
 * The job of a run, named by what runs it (an execution of the state machine, for one).
 *
 * @param lake ends in `/`
 */
export const sparkJobOf = (lake: string, run: string): SparkJob => {
  const own = `${lake}${RUNS}${run}/`;
  return { sql: `${own}sql/`, raw: `${lake}raw/`, out: `${own}out/`, cut: `${own}cut.json` };
};
