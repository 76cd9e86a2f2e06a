/** What the Spark job is given, wherever it runs. URIs that Spark understands: `file:///…`, `s3://…`, `s3a://…`. */
export interface SparkJobArguments {
  /** The document of the job: see `job.ts`. */
  readonly sql: string;
  /** Where the raw lake begins, with `/` at its end. */
  readonly raw: string;
  /** Where generations lie, with `/` at its end. */
  readonly out: string;
  /** The document of the cut: the rows (shard, tick, ordinal) through which is counted. */
  readonly cut: string;
}

/**
 * The job of a run.
 *
 * @param lake ends in `/`
 * @param job as `jobName` gives it
 */
export const sparkJobOf = (lake: string, job: string): SparkJobArguments => ({
  sql: `${lake}generations/spark/${job}/job.json`,
  raw: `${lake}raw/`,
  out: `${lake}generations/`,
  cut: `${lake}generations/spark/${job}/cut.json`,
});

/** A job's folder below `generations/spark/`. */
export const jobName = ({ generation, job }: { readonly generation: number; readonly job: number }): string =>
  `${generation}/${job}`;

const NAMES = ["sql", "raw", "out", "cut"] as const satisfies readonly (keyof SparkJobArguments)[];

/** As `spark-submit driver.py`, EMR Serverless (`entryPointArguments`) and Glue pass them to `driver.py`. */
export const toJobArguments = (job: SparkJobArguments): readonly string[] =>
  NAMES.flatMap((name) => [`--${name}`, job[name]]);
