import type { DataStore, DuckDb } from "@freshet/storage";
import { filesToMerge, localFiles, writeParquet } from "../generation/files.js";
import { parquet, text } from "../sql/text.js";
import { hourOfRawPath, rawPath, reserveFileNumber } from "./rawLake.js";
import type { SequenceNumber } from "@freshet/model";

/** So many small files of an hour are put together. */
const FILES_MIN = 8;

interface RawFile {
  readonly path: string;
  readonly local: string;
  readonly number: number;
  readonly rows: number;
}

const numberOf = (path: string): number => Number(/-(\d+)\.parquet$/.exec(path)?.[1] ?? 0);

/** The newest files of an hour, while they are not much larger than what comes after them; none where they are few. */
export const filesToCompact = <F extends { readonly path: string; readonly rows: number }>(
  files: readonly F[],
): readonly F[] => {
  const last = files.at(-1);
  if (!last) return [];
  const paths = new Set([...filesToMerge(files.slice(0, -1), last.rows), last.path]);
  return paths.size < FILES_MIN ? [] : files.filter(({ path }) => paths.has(path));
};

const compactHour = async (
  { lake, records }: Pick<DataStore, "lake" | "records">,
  db: DuckDb,
  hour: number,
  files: readonly RawFile[],
): Promise<number> => {
  const merged = filesToCompact(files);
  if (merged.length === 0) return 0;
  const source = parquet(merged.map(({ local }) => local));
  const [{ first } = { first: "0" }] = await db.rows<{ first: string }>(
    `SELECT min(sequence) AS first FROM ${source}`,
  );
  const select = `SELECT DISTINCT ON (log, shard, sequence, subsequence, revision) * FROM ${source}
ORDER BY log, shard, sequence, subsequence, revision`;
  await writeParquet(
    { db, lake },
    select,
    rawPath(hour, first as SequenceNumber, await reserveFileNumber(records)),
  );
  for (const { path } of merged) await lake.remove(path);
  return merged.length;
};

/**
 * Puts small raw files of an hour together, of those that batch has consumed. Only under batch's lease: nobody else
 * reads the raw lake. A crash in between leaves rows twice, which batch takes once.
 */
export const compactRawLake = async (
  data: Pick<DataStore, "lake" | "records">,
  db: DuckDb,
  consumed: readonly string[],
): Promise<number> => {
  const byHour = new Map<number, string[]>();
  for (const path of consumed) {
    const hour = hourOfRawPath(path);
    if (hour !== null) byHour.set(hour, [...(byHour.get(hour) ?? []), path]);
  }
  let files = 0;
  for (const [hour, paths] of byHour) {
    if (paths.length < FILES_MIN) continue;
    const sorted = paths.toSorted((a, b) => numberOf(a) - numberOf(b));
    const locals = await localFiles(data.lake, sorted);
    const sizes = await db.rows<{ file_name: string; num_rows: number }>(
      `SELECT file_name, num_rows FROM parquet_file_metadata([${locals.map(text).join(", ")}])`,
    );
    const rowsOf = new Map(sizes.map(({ file_name, num_rows }) => [file_name, num_rows]));
    const raw = sorted.map((path, index): RawFile => {
      const local = locals[index] as string;
      return { path, local, number: numberOf(path), rows: rowsOf.get(local) ?? 0 };
    });
    files += await compactHour(data, db, hour, raw);
  }
  return files;
};
