import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type BatchStep, createLocalSpark, runBatch, type SparkEngine } from "@freshet/batch-layer";
import type { GenerationManifest } from "@freshet/model";
import type { DataDirectory, DuckDb } from "@freshet/storage";
import { pino } from "pino";
import { duckDbViews, sparkViews } from "./rawSql.js";

export const CORES = 2;
const SPARK_MEMORY_MB = 6_144;
const TIMEOUT_MS = 1_200_000;
const GENERATIONS = "generations/";

export const localSpark = (data: DataDirectory, submit: string): SparkEngine =>
  createLocalSpark({
    submit,
    lakeUri: `file://${data.dir}/lake/`,
    cores: CORES,
    memoryMb: SPARK_MEMORY_MB,
    env: process.env,
    tempDir: join(data.dir, "spark"),
  });

const TICKS_PER_SECOND = 100;
const CHILDREN_AT = 13;

/** Of this process and of those that it has waited for (Linux; elsewhere without these). */
const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  const own = (user + system) / 1_000;
  try {
    const fields = readFileSync("/proc/self/stat", "utf8").split(") ").at(-1)?.split(" ") ?? [];
    const children = Number(fields[CHILDREN_AT]) + Number(fields[CHILDREN_AT + 1]);
    return own + (children * 1_000) / TICKS_PER_SECOND;
  } catch {
    return own;
  }
};

export interface Timed {
  readonly ms: number;
  readonly cpuMs: number;
}

/** Until the generation stands; what is cleaned away afterwards is not in `ms`. */
export interface TimedRun extends Timed {
  readonly manifest: GenerationManifest;
  /** Milliseconds in each step. */
  readonly steps: Readonly<Partial<Record<BatchStep, number>>>;
}

/** A generation of all that has landed, counted from nothing. @throws Error unless it is published */
export const timeGeneration = async (
  data: DataDirectory,
  duckdb: DuckDb,
  options: { readonly rebuild: boolean; readonly spark?: SparkEngine },
): Promise<TimedRun> => {
  const cpuBefore = cpuMs();
  const marks: { readonly step: BatchStep; readonly atMs: number }[] = [
    { step: "reading", atMs: performance.now() },
  ];
  const result = await runBatch({
    data,
    duckdb,
    logger: pino({ level: "warn" }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
    onProgress: ({ step, done }) => {
      if (done === 0) marks.push({ step, atMs: performance.now() });
    },
    ...options,
  });
  if (result.kind !== "published") throw new Error(`the run was ${result.kind}`);
  const stoodMs = marks.find(({ step }) => step === "cleaning")?.atMs ?? performance.now();
  const steps: Partial<Record<BatchStep, number>> = {};
  for (const [index, { step, atMs }] of marks.entries()) {
    const untilMs = marks[index + 1]?.atMs ?? performance.now();
    steps[step] = (steps[step] ?? 0) + untilMs - atMs;
  }
  return {
    manifest: result.manifest,
    ms: stoodMs - (marks[0]?.atMs ?? stoodMs),
    cpuMs: cpuMs() - cpuBefore,
    steps,
  };
};

/** @param rows where the rows are that the work writes */
const timed = async (rows: string, work: () => Promise<void>): Promise<RawRun> => {
  const startedMs = performance.now();
  const cpuBefore = cpuMs();
  await work();
  return { rows, ms: performance.now() - startedMs, cpuMs: cpuMs() - cpuBefore };
};

export interface RawRun extends Timed {
  /** Parquet files. */
  readonly rows: string;
}

const rawFilesOf = async ({ lake }: DataDirectory): Promise<readonly string[]> => lake.list("raw/");

/** The same aggregates by SQL of one's own, from the same files to a file. */
export const timeRawDuckDb = async (data: DataDirectory, duckdb: DuckDb): Promise<RawRun> => {
  const files = (await rawFilesOf(data)).map((path) => `'${data.dir}/lake/${path}'`).join(", ");
  const out = join(data.dir, `raw-${randomUUID()}.parquet`);
  const select = duckDbViews(`read_parquet([${files}], hive_partitioning = false)`);
  return timed(out, () => duckdb.run(`COPY (${select}) TO '${out}' (FORMAT parquet, COMPRESSION zstd)`));
};

/** The same by Spark: submitted in the same way, with the same settings. */
export const timeRawSpark = async (data: DataDirectory, spark: SparkEngine): Promise<RawRun> => {
  const folder = `${GENERATIONS}bench/${randomUUID()}/`;
  const below = folder.slice(GENERATIONS.length);
  const files = (await rawFilesOf(data)).map((path) => path.slice("raw/".length));
  const job = {
    version: 1,
    inputs: [{ name: "raw", below: "raw", files }],
    statements: [
      { kind: "files", name: "views", sql: sparkViews("raw"), folder: `${below}views`, byDay: false },
    ],
    tables: `${below}tables/`,
    result: `${below}result.json`,
  };
  await data.lake.put(`${folder}job.json`, Buffer.from(JSON.stringify(job)));
  await data.lake.put(`${folder}cut.json`, Buffer.from("[]"));
  return timed(`${data.dir}/lake/${folder}views/*/*.parquet`, () =>
    spark.run(
      {
        sql: `${spark.lakeUri}${folder}job.json`,
        raw: `${spark.lakeUri}raw/`,
        out: `${spark.lakeUri}${GENERATIONS}`,
        cut: `${spark.lakeUri}${folder}cut.json`,
      },
      AbortSignal.timeout(TIMEOUT_MS),
    ),
  );
};
