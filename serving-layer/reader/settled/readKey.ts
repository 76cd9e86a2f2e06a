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

export const createReadKey =
  (indexes: DayIndexes, readSettled: ReadSettled): ReadKey =>
  async (manifest, metric, range, key, take) => {
    const days = await daysOf(indexes, manifest, metric, range);
    if (days === null) {
      return readSettled(manifest, metric, range, key, ({ paneMs, states }) => take(paneMs, [...states]));
    }
    for (const day of days) day.rowsOf(key, range, take);
    return [];
  };
