import type { DuckDb } from "@freshet/storage";
import { hourOfRawPath } from "../landing/rawLake.js";
import { beforeSegmentsSql } from "../sql/rows.js";

const HOUR_MS = 3_600_000;

/** Ticks of a shard whose rows are needed again. */
export interface TickRange {
  readonly from: number;
  readonly through: number;
}

/**
 * Which raw files a run reads: all that it has not read yet, and those it has read whose hour holds a tick that is
 * needed again. A file that names no hour is always read.
 */
export const rawFilesFor = (
  files: readonly string[],
  consumed: ReadonlySet<string>,
  again: readonly TickRange[],
  segmentMs: number,
): readonly string[] => {
  const hours = again.map(({ from, through }) => ({
    from: Math.floor((from * segmentMs) / HOUR_MS),
    through: Math.floor((through * segmentMs) / HOUR_MS),
  }));
  return files.filter((path) => {
    if (!consumed.has(path)) return true;
    const hour = hourOfRawPath(path);
    return hour === null || hours.some(({ from, through }) => hour >= from && hour <= through);
  });
};

/** Of local raw files, those that may have a row in the table `segment`: an hour's files hold far more than a horizon of ticks. */
export const filesWithSegments = async (db: DuckDb, files: readonly string[]): Promise<readonly string[]> => {
  if (files.length === 0) return [];
  const before = new Set((await db.rows<{ file: string }>(beforeSegmentsSql(files))).map(({ file }) => file));
  return files.filter((file) => !before.has(file));
};
