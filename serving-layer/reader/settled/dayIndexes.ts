import type { DayFile, EpochMs } from "@freshet/model";
import type { Metric } from "../catalog.js";
import type { DayIndex } from "./dayIndex.js";

/** All days together; one takes about 60 bytes a row. */
const BYTES_MAX = 512 * 1024 * 1024;
const BYTES_PER_ROW = 60;
/** A day that was asked for since then makes no room for another: more days than there is room for are asked of DuckDB. */
const KEPT_FOR_MS = 60_000;

/** Days of generations in memory, by file: a new generation shares those that it did not write again. */
export interface DayIndexes {
  /** Null: there is no room for it. A file that cannot be read fails, and is tried again. */
  get(metric: Metric, file: DayFile): DayIndex | Promise<DayIndex> | null;
}

export type LoadDayIndex = (metric: Metric, file: DayFile) => Promise<DayIndex>;

interface Entry {
  index: DayIndex | null;
  readonly loading: Promise<DayIndex>;
  bytes: number;
  askedMs: EpochMs;
}

export const createDayIndexes = (
  load: LoadDayIndex,
  now: () => EpochMs,
  bytesMax: number = BYTES_MAX,
): DayIndexes => {
  /** Those asked for last come last. */
  const entries = new Map<string, Entry>();
  let total = 0;

  const remove = (path: string, entry: Entry): void => {
    if (entries.get(path) !== entry) return;
    entries.delete(path);
    total -= entry.bytes;
  };
  const makeRoom = (bytes: number): boolean => {
    for (const [path, entry] of entries) {
      if (total + bytes <= bytesMax) break;
      if (now() - entry.askedMs < KEPT_FOR_MS) return false;
      remove(path, entry);
    }
    return total + bytes <= bytesMax;
  };

  return {
    get(metric, file) {
      const known = entries.get(file.path);
      if (known) {
        entries.delete(file.path);
        entries.set(file.path, known);
        known.askedMs = now();
        return known.index ?? known.loading;
      }
      const bytes = file.rows * BYTES_PER_ROW;
      if (!makeRoom(bytes)) return null;
      const entry: Entry = { index: null, loading: load(metric, file), bytes, askedMs: now() };
      entries.set(file.path, entry);
      total += bytes;
      entry.loading.then(
        (index) => {
          if (entries.get(file.path) !== entry) return;
          total += index.bytes - entry.bytes;
          entry.bytes = index.bytes;
          entry.index = index;
        },
        () => remove(file.path, entry),
      );
      return entry.loading;
    },
  };
};
