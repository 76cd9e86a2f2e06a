import {
  type DurationMs,
  type EpochMs,
  type MetricDefinition,
  type TimeRange,
  TREND_WIDTHS_MS,
  windowEndingAt,
} from "@freshet/model";

/** One of the windows that a score is the mean of. */
export interface TrendWindow {
  readonly widthMs: DurationMs;
  readonly range: TimeRange;
}

/** The windows that end at an instant; none for a metric without a trend. */
export const trendWindows = (
  { trend, paneMs, timeZone }: MetricDefinition,
  endMs: EpochMs,
): readonly TrendWindow[] =>
  trend === null
    ? []
    : TREND_WIDTHS_MS.map((widthMs) => ({
        widthMs,
        range: windowEndingAt(endMs, widthMs, paneMs, timeZone),
      }));

/** How much of a range lies in the past, 0 to 1. */
export const elapsedOf = ({ fromMs, toExclusiveMs }: TimeRange, newestMs: EpochMs): number =>
  Math.min(1, Math.max(0, (newestMs - fromMs) / (toExclusiveMs - fromMs)));

/** From the first of them to their end. */
export const spanOf = (ranges: readonly TimeRange[]): TimeRange => ({
  fromMs: Math.min(...ranges.map(({ fromMs }) => fromMs)) as EpochMs,
  toExclusiveMs: Math.max(...ranges.map(({ toExclusiveMs }) => toExclusiveMs)) as EpochMs,
});

/** The index of the measure that a trend is about. */
export const trendMeasure = ({ measures, trend }: MetricDefinition): number =>
  measures.findIndex(({ name }) => name === trend?.on);
