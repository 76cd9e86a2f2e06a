import type { SparkJobArguments } from "@freshet/batch-layer";

const RUNS = "batch-runs/";

/**
 * The job of a run, named by what runs it (an execution of the state machine, for one).
 *
 * @param lake ends in `/`
 */
export const sparkJobOf = (lake: string, run: string): SparkJobArguments => ({
  sql: `${lake}${RUNS}${run}/job.json`,
  raw: `${lake}raw/`,
  out: `${lake}generations/`,
  cut: `${lake}${RUNS}${run}/cut.json`,
});
