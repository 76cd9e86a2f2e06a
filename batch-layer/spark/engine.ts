import type { SparkJobArguments } from "./jobArguments.js";

/** Where Spark jobs run. */
export interface SparkEngine {
  /** The lake's root as Spark reaches it, with `/` at its end. */
  readonly lakeUri: string;
  /** Runs `driver.py` to its end, or until the signal is given. @throws Error when it fails: then nothing of it counts. */
  run(job: SparkJobArguments, signal: AbortSignal): Promise<void>;
}
