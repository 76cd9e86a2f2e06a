import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { SparkEngine } from "./engine.js";
import { toJobArguments } from "./jobArguments.js";

/** Python stays where it is, beside the source. */
export const DRIVER = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "driver.py" : "../../spark/driver.py", import.meta.url),
);
/** The end of what Spark said, in an error. */
const SAID_MAX = 2000;

export interface LocalSparkOptions {
  /** The program `spark-submit`. */
  readonly submit: string;
  readonly lakeUri: string;
  readonly cores: number;
  readonly memoryMb: number;
  /** What is added to the environment, such as `PYSPARK_PYTHON`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Spark's own working files. */
  readonly tempDir: string;
}

const settingsOf = ({ memoryMb, cores, tempDir }: LocalSparkOptions): readonly string[] => [
  "--master",
  `local[${cores}]`,
  "--driver-memory",
  `${memoryMb}m`,
  ...Object.entries({
    "spark.ui.enabled": "false",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.sql.shuffle.partitions": `${cores}`,
    "spark.sql.catalogImplementation": "in-memory",
    "spark.sql.warehouse.dir": `${tempDir}/warehouse`,
    "spark.local.dir": tempDir,
  }).flatMap(([name, value]) => ["--conf", `${name}=${value}`]),
];

/** Spark on this machine, a process for each job. */
export const createLocalSpark = (options: LocalSparkOptions): SparkEngine => ({
  lakeUri: options.lakeUri,
  run: (job, signal) =>
    new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const child = spawn(options.submit, [...settingsOf(options), DRIVER, ...toJobArguments(job)], {
        env: { ...options.env, SPARK_LOCAL_IP: "127.0.0.1" },
        stdio: ["ignore", "ignore", "pipe"],
        signal,
      });
      let said = "";
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        said = (said + text).slice(-SAID_MAX);
      });
      child.on("error", (cause) => {
        // it has been told to end: `close` says when it has
        if (signal.aborted && child.pid !== undefined) return;
        reject(
          new Error(
            `${options.submit} cannot be run: install Spark 4 (pip install pyspark), or name its spark-submit in FRESHET_SPARK_SUBMIT`,
            { cause },
          ),
        );
      });
      child.on("close", (code, by) => {
        if (code === 0) resolve();
        else if (signal.aborted) reject(signal.reason);
        else
          reject(
            new Error(`the Spark job failed (${by ?? `exit ${code}`}); nothing was published:\n${said}`),
          );
      });
    }),
});
