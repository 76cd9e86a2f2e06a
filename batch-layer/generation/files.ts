import type { DayFile } from "@freshet/model";
import type { DuckDb, Lake } from "@freshet/storage";
import { integer, parquet, text } from "../sql/text.js";

const DAY_MS = 86_400_000;
/** Enough for statistics to spare most of a file. */
const ROW_GROUP_ROWS = 30_720;

/** Where the rows of a metric lie, of all generations: tables of `catalogue/` read it whole. */
export const rowsFolder = (hash: string): string => `generations/data/${hash}/`;

export interface FileTarget {
  readonly db: DuckDb;
  readonly lake: Lake;
}

/** Writes what a SELECT gives as one Parquet file of the lake. */
export const writeParquet = async ({ db, lake }: FileTarget, select: string, path: string): Promise<void> => {
  const file = await lake.scratch("parquet");
  await db.run(
    `COPY (\n${select}\n) TO ${text(file)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${ROW_GROUP_ROWS})`,
  );
  await lake.publish(file, path);
};

export const localFiles = (lake: Lake, paths: readonly string[]): Promise<string[]> =>
  Promise.all(paths.map((path) => lake.local(path)));

export const dayText = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);
export const dayNumber = (day: string): number => Date.parse(day) / DAY_MS;

/** Writes a sorted table as one file for each UTC day of a column of instants. */
export const writeDays = async (
  target: FileTarget,
  table: string,
  column: string,
  path: (day: string) => string,
): Promise<readonly DayFile[]> => {
  const days = await target.db.rows<{ day: number; rows: number }>(
    `SELECT floor(${column} / ${DAY_MS})::INTEGER AS day, count(*) AS rows FROM ${table} GROUP BY day ORDER BY day`,
  );
  const files: DayFile[] = [];
  for (const { day, rows } of days) {
    const file = { path: path(dayText(day)), day: dayText(day), rows };
    const select = `SELECT * FROM ${table} WHERE ${column} >= ${day * DAY_MS} AND ${column} < ${(day + 1) * DAY_MS}`;
    await writeParquet(target, select, file.path);
    files.push(file);
  }
  return files;
};

/** The parent's files with those of some days replaced. */
export const withDays = (parent: readonly DayFile[], written: readonly DayFile[]): readonly DayFile[] => {
  const days = new Set(written.map(({ day }) => day));
  return [...parent.filter(({ day }) => !days.has(day)), ...written].sort((a, b) => (a.day < b.day ? -1 : 1));
};

/** How many times a file's rows the newer ones may reach before they are put together: rows are written again log(n) times. */
const MERGE_RATIO = 2;

/** Files that are to be written again with `rows` new ones: the newest, while they are not much larger than what comes after. */
export const filesToMerge = (
  files: readonly { readonly path: string; readonly rows: number }[],
  rows: number,
): readonly string[] => {
  const merged: string[] = [];
  let after = rows;
  for (const file of files.toReversed()) {
    if (file.rows > after * MERGE_RATIO) break;
    merged.unshift(file.path);
    after += file.rows;
  }
  return merged;
};

/**
 * Adds rows to a growing list of sorted files; the list stays as it is where there are none to add. Rows that are kept no
 * longer go when their file is written again, which happens as soon as the newer ones are half as many.
 */
export const appendRun = async (
  target: FileTarget,
  run: {
    readonly files: readonly string[];
    readonly newRows: string;
    /** Null: the order in which rows came. */
    readonly orderBy: string | null;
    readonly path: string;
    /** A column, and from which value on its rows are kept; absent: for ever. */
    readonly kept?: { readonly column: string; readonly from: number };
  },
): Promise<readonly string[]> => {
  const [{ count } = { count: 0 }] = await target.db.rows<{ count: number }>(
    `SELECT count(*) AS count FROM (${run.newRows})`,
  );
  if (count === 0) return run.files;
  const sizes: { path: string; rows: number }[] = [];
  for (const path of run.files) {
    const [size] = await target.db.rows<{ rows: number }>(
      `SELECT num_rows AS rows FROM parquet_file_metadata(${text(await target.lake.local(path))})`,
    );
    sizes.push({ path, rows: size?.rows ?? 0 });
  }
  const merging = filesToMerge(sizes, count);
  const kept = run.kept ? ` WHERE ${run.kept.column} >= ${integer(run.kept.from)}` : "";
  const stored =
    merging.length > 0 ? [`SELECT * FROM ${parquet(await localFiles(target.lake, merging))}${kept}`] : [];
  const select = `SELECT * FROM (\n${[...stored, run.newRows].join("\nUNION ALL BY NAME\n")}\n)`;
  await writeParquet(target, `${select}${run.orderBy === null ? "" : ` ORDER BY ${run.orderBy}`}`, run.path);
  return [...run.files.filter((path) => !merging.includes(path)), run.path];
};
