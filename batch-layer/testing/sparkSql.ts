import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const SESSION = fileURLToPath(new URL("sparkSql.py", import.meta.url));

type Row = Readonly<Record<string, unknown>>;

/** Spark over a Hive catalogue of its own, in a scratch folder. */
export interface SparkSql {
  /** A statement for Hive, which knows nothing of Spark. */
  tellHive(statement: string): Promise<void>;
  /** Rows as JSON has them; a column that is NULL is not there. */
  ask(statement: string): Promise<readonly Row[]>;
  close(): Promise<void>;
}

/** @throws Error without an engine, or for a statement that fails */
export const startSparkSql = async (): Promise<SparkSql> => {
  const python = process.env["FRESHET_SPARK_PYTHON"];
  if (!python) throw new Error("no Spark: run this by npm run test:engines");
  const work = mkdtempSync(join(tmpdir(), "freshet-spark-sql-"));
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
  const answer = async (): Promise<readonly Row[]> => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`Spark ended: ${said}`);
    const { rows, error } = JSON.parse(value) as {
      readonly rows: readonly Row[];
      readonly error: string | null;
    };
    if (error !== null) throw new Error(error);
    return rows;
  };
  const send = (asked: object): Promise<readonly Row[]> => {
    child.stdin.write(`${JSON.stringify(asked)}\n`);
    return answer();
  };
  await answer();
  return {
    async tellHive(statement) {
      await send({ hive: statement });
    },
    ask: (statement) => send({ sql: statement }),
    async close() {
      child.stdin.end();
      await once(child, "close");
      rmSync(work, { recursive: true, force: true });
    },
  };
};
