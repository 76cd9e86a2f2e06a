import { type EpochMs, type GenerationManifest, paneStart, slotOf } from "@freshet/model";
import { dayNumber, type FileTarget, localFiles, writeParquet } from "../generation/files.js";
import { needsPaneTable, QUARTER_MS } from "../sql/metric.js";
import { parquet } from "../sql/text.js";
import type { SparkInput } from "./job.js";
import { jobName } from "./jobArguments.js";
import { belowOut, needsLocalTime, type PlannedMetric } from "./planned.js";

/** The tables of a run that are made beside the log, one row a segment or less. */
export const RUN_TABLES = ["segment", "bounds", "counted", "family", "lookup"] as const;

const RAW_COLUMNS =
  "NULL::VARCHAR AS log, NULL::VARCHAR AS shard, NULL::VARCHAR AS sequence, NULL::INTEGER AS subsequence, NULL::BIGINT AS arrival_ms, " +
  "NULL::VARCHAR AS kind, NULL::VARCHAR AS type, NULL::VARCHAR AS id, NULL::BIGINT AS time_ms, NULL::BIGINT AS late_ms, " +
  "NULL::BIGINT AS ahead_ms, NULL::VARCHAR AS body, NULL::VARCHAR AS reason, NULL::INTEGER AS revision, NULL::VARCHAR AS file_path";

/** Where a job of a run keeps what is its own: no two jobs ever write to the same. */
export const jobFolder = (generation: number, job: number): string =>
  `generations/spark/${jobName({ generation, job })}/`;

/** The same among the rows of a metric. */
export const jobRows = (generation: number, job: number): string => `spark-${generation}-${job}`;

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
  for (const table of RUN_TABLES) inputs.push(await written(target, folder, table, `SELECT * FROM ${table}`));
  const raw: SparkInput =
    rawFiles.length === 0
      ? await written(target, folder, "raw", `SELECT ${RAW_COLUMNS} LIMIT 0`)
      : { name: "raw", below: "raw", files: rawFiles.map((path) => path.slice("raw/".length)) };
  return [...inputs, raw];
};

const DAY_MS = 86_400_000;

/** The UTC days of the rows that a run reads, and of the windows that it may move. */
const daysOf = async (
  { db, lake }: FileTarget,
  rawFiles: readonly string[],
  parent: GenerationManifest | null,
): Promise<readonly number[]> => {
  const windows = Object.values(parent?.metrics ?? {}).flatMap(({ trend }) => trend?.windows ?? []);
  const days = new Set(windows.map(({ day }) => dayNumber(day)));
  if (rawFiles.length > 0) {
    const rows = await db.rows<{ day: number }>(
      `SELECT DISTINCT floor(time_ms / ${DAY_MS})::BIGINT AS day FROM ${parquet(await localFiles(lake, rawFiles))}
WHERE time_ms IS NOT NULL AND reason IS NULL`,
    );
    for (const { day } of rows) days.add(day);
  }
  return [...days];
};

/** A table of every quarter hour of some days. */
const writeQuarters = async (
  target: FileTarget,
  folder: string,
  {
    name,
    columns,
    days,
  }: { readonly name: string; readonly columns: readonly [string, string]; readonly days: readonly number[] },
  map: (quarterMs: EpochMs) => number,
): Promise<SparkInput> => {
  const { db } = target;
  const quarters = days.flatMap((day) =>
    Array.from({ length: DAY_MS / QUARTER_MS }, (_, index) => (day * DAY_MS + index * QUARTER_MS) as EpochMs),
  );
  await db.run(`CREATE TEMP TABLE ${name} (${columns.join(" BIGINT, ")} BIGINT)`);
  await db.insertRows(
    name,
    columns,
    quarters.map((quarter) => [quarter, map(quarter)]),
  );
  const input = await written(target, folder, name, `SELECT * FROM ${name}`);
  await db.run(`DROP TABLE ${name}`);
  return input;
};

/** Writes the panes and hours of week of metrics in local time: Spark has no such function that is the same as ours. */
export const writeLocalTime = async (
  target: FileTarget,
  folder: string,
  metrics: readonly PlannedMetric[],
  run: { readonly rawFiles: readonly string[]; readonly parent: GenerationManifest | null },
): Promise<readonly SparkInput[]> => {
  const local = metrics.filter(needsLocalTime);
  if (local.length === 0) return [];
  const days = await daysOf(target, run.rawFiles, run.parent);
  const inputs: SparkInput[] = [];
  for (const { index, kept } of local) {
    const { paneMs, timeZone, trend } = kept.definition;
    const add = async (
      name: string,
      columns: readonly [string, string],
      map: (quarterMs: EpochMs) => number,
    ): Promise<void> => {
      inputs.push(await writeQuarters(target, folder, { name, columns, days }, map));
    };
    if (needsPaneTable(kept.definition))
      await add(`pane_${index}`, ["quarter_ms", "pane_ms"], (at) => paneStart(at, paneMs, timeZone));
    if (trend !== null && timeZone !== "UTC")
      await add(`slot_${index}`, ["start", "slot"], (at) => slotOf(at, timeZone));
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
