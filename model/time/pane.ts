import type { DurationMs, EpochMs } from "../brand.js";
import { offsetAt, quarterOf } from "./timeZone.js";

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** No local clock jumps by more. */
const JUMP_MS_MAX = 26 * HOUR_MS;
const QUARTER_MS = 900_000;

/** Says why a pane length cannot be used, or null: a divisor of an hour, whole hours that divide a day, or a day. */
export const paneProblem = (paneMs: DurationMs, timeZone: string): string | null => {
  if (paneMs < 1000) return "a pane is at least 1s";
  if (paneMs < HOUR_MS) return HOUR_MS % paneMs === 0 ? null : "a pane under an hour must divide an hour";
  if (paneMs === HOUR_MS || paneMs === DAY_MS) return null;
  if (DAY_MS % paneMs !== 0) return "a pane over an hour must divide a day";
  return timeZone === "UTC" ? null : "with a time zone, a pane over an hour must be 1d";
};

/** The first instant of the local day that holds `timeMs`, to the quarter hour: days have 23, 24 or 25 hours. */
const dayStart = (timeMs: number, timeZone: string): number => {
  const localMidnight = Math.floor((timeMs + offsetAt(timeMs, timeZone)) / DAY_MS) * DAY_MS;
  let low = (quarterOf(timeMs) - JUMP_MS_MAX) / QUARTER_MS;
  let high = quarterOf(timeMs) / QUARTER_MS;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const instant = middle * QUARTER_MS;
    if (instant + offsetAt(instant, timeZone) >= localMidnight) high = middle;
    else low = middle + 1;
  }
  return low * QUARTER_MS;
};

/**
 * Start of the pane that holds an event time. Panes under an hour are floored in UTC; hours and days in local time.
 * Over 15 minutes it is a function of the quarter hour alone, so that SQL can map distinct quarters by a table.
 */
export const paneStart = (timeMs: EpochMs, paneMs: DurationMs, timeZone: string): EpochMs => {
  if (timeZone === "UTC" || paneMs < HOUR_MS) return (Math.floor(timeMs / paneMs) * paneMs) as EpochMs;
  if (paneMs === DAY_MS) return dayStart(timeMs, timeZone) as EpochMs;
  const offset = offsetAt(timeMs, timeZone);
  return (Math.floor((quarterOf(timeMs) + offset) / paneMs) * paneMs - offset) as EpochMs;
};

/** Start of the pane after the one that starts at `startMs`. */
export const nextPane = (startMs: EpochMs, paneMs: DurationMs, timeZone: string): EpochMs => {
  if (timeZone === "UTC" || paneMs < HOUR_MS) return (startMs + paneMs) as EpochMs;
  let next = startMs;
  for (let at = startMs + QUARTER_MS; next === startMs; at += QUARTER_MS) {
    next = paneStart(at as EpochMs, paneMs, timeZone);
  }
  return next;
};
