import type { DurationMs, EpochMs } from "../brand.js";
import { offsetAt } from "../time/timeZone.js";

const HOUR_MS = 3_600_000;
/** 1970-01-01 was a Thursday. */
const HOURS_MONDAY_TO_EPOCH = 72;

/** Hours of the week: Monday 00 is slot 0. */
export const SLOTS = 168;
export const HOURS_OF_DAY = 24;

/** The widths of the windows that a score is the mean of. */
export const TREND_WIDTHS_MS: readonly DurationMs[] = [900_000 as DurationMs, 3_600_000 as DurationMs];

/** The hour of week, 0 to 167, of an instant's local time. A window's slot is that of its start. */
export const slotOf = (timeMs: EpochMs, timeZone: string): number => {
  const hours = Math.floor((timeMs + offsetAt(timeMs, timeZone)) / HOUR_MS) + HOURS_MONDAY_TO_EPOCH;
  return ((hours % SLOTS) + SLOTS) % SLOTS;
};
