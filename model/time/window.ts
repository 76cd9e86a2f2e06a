import type { DurationMs, EpochMs } from "../brand.js";
import { nextPane, paneStart } from "./pane.js";

/** A run of panes in event time. */
export interface TimeRange {
  readonly fromMs: EpochMs;
  readonly toExclusiveMs: EpochMs;
}

/** The start of the pane at `timeMs`, or of the next one where `timeMs` lies inside a pane. */
export const ceilPane = (timeMs: EpochMs, paneMs: DurationMs, timeZone: string): EpochMs => {
  const start = paneStart(timeMs, paneMs, timeZone);
  return start === timeMs ? start : nextPane(start, paneMs, timeZone);
};

/** The window of whole panes that ends at `at`, rounded up to a pane. */
export const windowEndingAt = (
  at: EpochMs,
  windowMs: DurationMs,
  paneMs: DurationMs,
  timeZone: string,
): TimeRange => {
  const toExclusiveMs = ceilPane(at, paneMs, timeZone);
  const fromMs = paneStart((toExclusiveMs - windowMs) as EpochMs, paneMs, timeZone);
  return { fromMs, toExclusiveMs };
};
