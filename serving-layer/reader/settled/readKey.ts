import type { GenerationManifest, GroupKey, Missing, TimeRange } from "@freshet/model";
import type { Metric } from "../catalog.js";
import type { DayIndex, TakeStates } from "./dayIndex.js";
import type { DayIndexes } from "./dayIndexes.js";
import { filesOf, type ReadSettled } from "./settledView.js";

/** Reads the generation's rows of one key from the days in memory, or from the files where a day has no room there. */
export type ReadKey = (
  manifest: GenerationManifest | null,
  metric: Metric,
  range: TimeRange,
  key: GroupKey,
  take: TakeStates,
) => Promise<readonly Missing[]>;

/** The days of a range; null where one has no room, or cannot be read. */
export const daysOf = async (
  indexes: DayIndexes,
  manifest: GenerationManifest | null,
  metric: Metric,
  range: TimeRange,
): Promise<readonly DayIndex[] | null> => {
  const days: DayIndex[] = [];
  for (const file of filesOf(manifest?.metrics[metric.definition.hash], range)) {
    const day = indexes.get(metric, file);
    if (day === null) return null;
    try {
      days.push("bytes" in day ? day : await day);
    } catch {
      return null;
    }
  }
  return days;
};

/** Keys that are asked of the files at a time while their days are put into memory: more would take the core from the loading. */
const ASKED_MAX = 1;

export const createReadKey = (indexes: DayIndexes, readSettled: ReadSettled): ReadKey => {
  let asked = 0;
  return async (manifest, metric, range, key, take) => {
    const files = filesOf(manifest?.metrics[metric.definition.hash], range);
    const ready = files
      .map((file) => indexes.get(metric, file))
      .every((day) => day !== null && "bytes" in day);
    const days = ready || asked >= ASKED_MAX ? await daysOf(indexes, manifest, metric, range) : null;
    if (days !== null) {
      for (const day of days) day.rowsOf(key, range, take);
      return [];
    }
    asked++;
    try {
      return await readSettled(manifest, metric, range, key, ({ paneMs, states }) =>
        take(paneMs, [...states]),
      );
    } finally {
      asked--;
    }
  };
};
