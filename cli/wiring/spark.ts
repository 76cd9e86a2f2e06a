import { availableParallelism } from "node:os";
import { join } from "node:path";
import { createLocalSpark, type SparkEngine } from "@freshet/batch-layer";
import type { StoreConfig } from "@freshet/storage";

/** Names the program that submits jobs; by default it is looked for in PATH. */
const SUBMIT = "FRESHET_SPARK_SUBMIT";
const MEMORY_MB = 2_048;

/** The lake's root as Spark reaches it. */
export const lakeUriOf = (store: StoreConfig): string =>
  store.kind === "directory"
    ? `file://${join(store.dir, "lake")}/`
    : `s3a://${store.bucket}/${store.prefix ?? ""}`;

/** Spark on this machine, over the store's lake. */
export const localSparkOf = (
  store: StoreConfig,
  directory: string,
  environment: Readonly<Record<string, string | undefined>>,
): SparkEngine =>
  createLocalSpark({
    submit: environment[SUBMIT] ?? "spark-submit",
    lakeUri: lakeUriOf(store),
    cores: availableParallelism(),
    memoryMb: MEMORY_MB,
    env: environment,
    tempDir: join(directory, "tmp", "spark"),
  });
