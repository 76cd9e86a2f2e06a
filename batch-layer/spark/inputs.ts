import { paneStart, type EpochMs, type MetricDefinition, slotOf } from "@freshet/model";
import type { DuckDb } from "@freshet/storage";
import { type FileTarget, writeParquet } from "../generation/files.js";
import { needsPaneTable, QUARTER_MS } from "../sql/metric.js";
import { parquet } from "../sql/text.js";
import type { SparkInput } from "./job.js";
import { belowOut, needsLocalTime, type PlannedMetric } from "./planned.js";

/** The tables of a run that are made beside the log, one row a segment or less. */
const TABLES = ["segment", "bounds", "counted", "family", "lookup"] as const;

const RAW_COLUMNS =
  "NULL::VARCHAR AS log, NULL::VARCHAR AS shard, NULL::VARCHAR AS sequence, NULL::INTEGER AS subsequence, NULL::BIGINT AS arrival_ms, " +
  "NULL::VARCHAR AS kind, NULL::VARCHAR AS type, NULL::VARCHAR AS id, NULL::BIGINT AS time_ms, NULL::BIGINT AS late_ms, " +
  "NULL::BIGINT AS ahead_ms, NULL::VARCHAR AS body, NULL::VARCHAR AS reason, NULL::INTEGER AS revision, NULL::VARCHAR AS file_path";

/** Where a job of a run keeps what is its own: no two jobs ever write to the same. */
export const jobFolder = (generation: number, job: number): string =>
  `generations/spark/${generation}/${job}/`;

const written = async (
  target: FileTarget,
  folder: string,
  name: string,
  select: string,
): Promise<SparkInput> => {
  const path = `${folder}inputs/${name}.parquet`;
  await writeParquet(target, select, path);
  return { name, below: "out", files: [belowOut(path)] };
};

/** Writes what the job reads besides the lake. */
export const writeInputs = async (
  target: FileTarget,
  folder: string,
  rawFiles: readonly string[],
): Promise<readonly SparkInput[]> => {
  const inputs: SparkInput[] = [];
  for (const table of TABLES) inputs.push(await written(target, folder, table, `SELECT * FROM ${table}`));
  const raw: SparkInput =
    rawFiles.length === 0
      ? await written(target, folder, "raw", `SELECT ${RAW_COLUMNS} LIMIT 0`)
      : { name: "raw", below: "raw", files: rawFiles.map((path) => path.slice("raw/".length)) };
  return [...inputs, raw];
};

/** Local time is mapped for so long before the first segment: a job over older events fails, and says so. */
const LOCAL_DAYS_BEFORE = 400;
const DAY_MS = 86_400_000;

const localTable = async (
  db: DuckDb,
  name: string,
  columns: string,
  rows: readonly (readonly [number, number])[],
): Promise<void> => {
  await db.run(`CREATE TEMP TABLE ${name} (${columns} BIGINT)`);
  await db.insertRows(name, columns.split(" BIGINT, "), rows);
};

const quartersOf = (fromMs: number, toMs: number): readonly number[] => {
  const first = Math.floor(fromMs / QUARTER_MS);
  return Array.from(
    { length: Math.ceil(toMs / QUARTER_MS) - first + 1 },
    (_, index) => (first + index) * QUARTER_MS,
  );
};

/** Writes the panes and hours of week of metrics in local time: Spark has no such function that is the same as ours. */
export const writeLocalTime = async (
  target: FileTarget,
  folder: string,
  metrics: readonly PlannedMetric[],
  range: { readonly fromMs: number; readonly toMs: number },
): Promise<readonly SparkInput[]> => {
  const inputs: SparkInput[] = [];
  const add = async (name: string, columns: string, map: (quarter: number) => number): Promise<void> => {
    const quarters = quartersOf(range.fromMs - LOCAL_DAYS_BEFORE * DAY_MS, range.toMs + DAY_MS);
    await localTable(
      target.db,
      name,
      columns,
      quarters.map((quarter) => [quarter, map(quarter)]),
    );
    inputs.push(await written(target, folder, name, `SELECT * FROM ${name}`));
    await target.db.run(`DROP TABLE ${name}`);
  };
  for (const planned of metrics.filter(needsLocalTime)) {
    const { paneMs, timeZone, trend }: MetricDefinition = planned.kept.definition;
    if (needsPaneTable(planned.kept.definition))
      await add(`pane_${planned.index}`, "quarter_ms BIGINT, pane_ms", (quarter) =>
        paneStart(quarter as EpochMs, paneMs, timeZone),
      );
    if (trend !== null)
      await add(`slot_${planned.index}`, "start BIGINT, slot", (quarter) =>
        slotOf(quarter as EpochMs, timeZone),
      );
  }
  return inputs;
};

/** Spark reads no UUIDs in Parquet, of which DuckDB makes its index of identities: those files are written again, once. */
export const readableIdentities = async (
  target: FileTarget,
  folder: string,
  files: readonly string[],
): Promise<readonly string[]> => {
  const readable: string[] = [];
  for (const [index, path] of files.entries()) {
    if (path.startsWith("generations/spark/")) {
      readable.push(path);
      continue;
    }
    const again = `${folder}identities-${index}.parquet`;
    const source = parquet([await target.lake.local(path)]);
    await writeParquet(
      target,
      `SELECT * REPLACE (replace(identity::VARCHAR, '-', '') AS identity) FROM ${source}`,
      again,
    );
    readable.push(again);
  }
  return readable;
};
