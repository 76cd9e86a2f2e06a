import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { SparkEngine } from "../spark/engine.js";
import { type SparkJobArguments, toJobArguments } from "../spark/jobArguments.js";

const SESSION = fileURLToPath(new URL("sparkSession.py", import.meta.url));

/** One Spark session for many cases: it takes ten seconds to start. */
export interface SparkSession {
  /** Over the lake of a data directory. */
  engine(lakeDir: string): SparkEngine;
  /** Jobs that were run. */
  readonly jobs: number;
  close(): Promise<void>;
}

/** The newest Spark, or that of the release on which a deployed line's jobs run. */
export const SPARKS = { newest: "FRESHET_SPARK_PYTHON", deployed: "FRESHET_DEPLOYED_SPARK_PYTHON" } as const;

export const startSparkSession = async (spark: keyof typeof SPARKS = "newest"): Promise<SparkSession> => {
  const python = process.env[SPARKS[spark]];
  if (!python) throw new Error("no Spark: run this by npm run test:engines");
  const work = mkdtempSync(join(tmpdir(), "freshet-spark-"));
  const child = spawn(python, [SESSION, work], {
    cwd: work,
    env: { ...process.env, SPARK_LOCAL_IP: "127.0.0.1", PYSPARK_PYTHON: python },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-3000);
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let jobs = 0;
  const answer = async (): Promise<void> => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`Spark ended: ${said}`);
    const { error } = JSON.parse(value) as { readonly error: string | null };
    if (error !== null) throw new Error(`the Spark job failed: ${error}`);
  };
  await answer();
  return {
    engine: (lakeDir) => ({
      lakeUri: `file://${lakeDir}/`,
      async run(job: SparkJobArguments) {
        jobs += 1;
        child.stdin.write(`${JSON.stringify(toJobArguments(job))}\n`);
        await answer();
      },
    }),
    get jobs() {
      return jobs;
    },
    async close() {
      child.stdin.end();
      await once(child, "close");
      rmSync(work, { recursive: true, force: true });
    },
  };
};
