/** Holds the name of the run that a task works for: its execution's. */
export const RUN_VARIABLE = "FRESHET_RUN";

/** Holds the name of the job after which a task publishes. */
export const JOB_VARIABLE = "FRESHET_JOB";

/** What the tasks of a run do: arguments of `freshet`, each to be repeated without harm. */
export const BATCH_COMMANDS = {
  /** Takes in what Firehose delivered, and fills from the log what it did not. */
  land: ["land", "--firehose", "--once"],
  /** Counts what has landed, and publishes the next generation. */
  recount: ["batch", "--no-land"],
  /** Before a Spark job: writes the statements and the cut of the run. */
  prepare: ["batch", "--no-land", "--engine", "spark", "--prepare"],
  /** Publishes the generation that the job of the run has left, or asks for another job. */
  publish: ["batch", "--no-land", "--engine", "spark", "--publish"],
  /** Lets the next run begin, where a step of this one has failed for good. */
  giveUp: ["batch", "--no-land", "--engine", "spark", "--give-up"],
} as const;
