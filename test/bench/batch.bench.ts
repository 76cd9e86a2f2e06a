import { existsSync } from "node:fs";
import { join } from "node:path";
import { clicksApp } from "@freshet/simulators";
import { type DataDirectory, type DuckDb, openDuckDb } from "@freshet/storage";
import {
  CORES,
  localSpark,
  type Timed,
  type TimedRun,
  timeGeneration,
  timeRawDuckDb,
  timeRawSpark,
} from "./batch/generationRun.js";
import { landClicks } from "./batch/landedClicks.js";
import { makeLine } from "./line/lineRun.js";
import { report } from "./measured.js";

/*
 * A generation of all clicks that have landed, from nothing to the pointer, against what DuckDB and Spark take for the same aggregates
 * from the same files by SQL of one's own: no books, no identities kept, no comparison with live. The same views and sums come of all.
 */
const EVENTS = Number(process.env["FRESHET_BENCH_EVENTS"] ?? 1_000_000);
const SUBMIT = process.env["FRESHET_SPARK_SUBMIT"] ?? ".prepare/spark/bin/spark-submit";
const DUCKDB_MEMORY_MB = 4_096;
const DUCKDB_MAX = 2;
const SPARK_MAX = 1.5;
const [metric] = clicksApp.metrics;

/** Views and milliseconds of dwell time in all, of stored rows. */
const totalsOf = async (
  db: DuckDb,
  files: string,
  [views, dwell]: readonly [string, string],
): Promise<string> => {
  const [row] = await db.rows(
    `SELECT sum(${views})::BIGINT AS views, sum(${dwell})::BIGINT AS dwell FROM read_parquet(${files}, hive_partitioning = false)`,
  );
  return JSON.stringify(row);
};

const sameAs = async (
  db: DuckDb,
  data: DataDirectory,
  { manifest }: TimedRun,
  rows: string,
): Promise<void> => {
  const files = (metric && manifest.metrics[metric.hash]?.files) ?? [];
  const list = `[${files.map(({ path }) => `'${data.dir}/lake/${path}'`).join(", ")}]`;
  const ours = await totalsOf(db, list, ["m_views", '"m_dwellMs"']);
  const raw = await totalsOf(db, `'${rows}'`, ["views", "dwell_ms"]);
  if (ours !== raw) throw new Error(`the generation holds ${ours}, raw SQL gives ${raw}`);
};

const seconds = (ms: number): number => Math.round(ms / 100) / 10;

const reportRatio = (engine: string, run: TimedRun, raw: Timed, max: number): void =>
  report({
    name: `a generation by ${engine}`,
    value: seconds(run.ms),
    unit: "s",
    ratio: run.ms / raw.ms,
    against: `the same aggregates in raw ${engine} SQL`,
    max,
    events: EVENTS,
    rawSeconds: seconds(raw.ms),
    cpuSeconds: seconds(run.cpuMs),
    rawCpuSeconds: seconds(raw.cpuMs),
    ...Object.fromEntries(Object.entries(run.steps).map(([step, ms]) => [`${step}Seconds`, seconds(ms)])),
  });

const { data, end } = await makeLine();
try {
  await landClicks(data, EVENTS);
  const duckdb = await openDuckDb({
    memoryMb: DUCKDB_MEMORY_MB,
    threads: CORES,
    tempDir: join(data.dir, "duckdb"),
  });
  const raw = await timeRawDuckDb(data, duckdb);
  const generation = await timeGeneration(data, duckdb, { rebuild: false });
  if (generation.manifest.ledger.events !== EVENTS)
    throw new Error(`the generation holds ${generation.manifest.ledger.events} of ${EVENTS} events`);
  await sameAs(duckdb, data, generation, raw.rows);
  reportRatio("DuckDB", generation, raw, DUCKDB_MAX);
  if (existsSync(SUBMIT)) {
    const spark = localSpark(data, SUBMIT);
    const rawSpark = await timeRawSpark(data, spark);
    const bySpark = await timeGeneration(data, duckdb, { rebuild: true, spark });
    await sameAs(duckdb, data, bySpark, rawSpark.rows);
    reportRatio("Spark", bySpark, rawSpark, SPARK_MAX);
  } else
    console.log(`Spark is not measured: there is no ${SUBMIT}; name spark-submit in FRESHET_SPARK_SUBMIT`);
  await duckdb.close();
} finally {
  await end();
}
