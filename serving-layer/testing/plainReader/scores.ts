import {
  type DurationMs,
  type EpochMs,
  type GroupKey,
  type Missing,
  type ShardId,
  type TimeRange,
  TREND_WIDTHS_MS,
  trendScore,
  windowEndingAt,
} from "@freshet/model";
import type { Metric } from "../../reader/catalog.js";
import type { Expectations } from "../../reader/trend/readExpectations.js";
import { type OpenWindow, openWindow } from "./openWindow.js";
import type { PlainView } from "./plainView.js";
import { rankOf, type WindowSum } from "./windowSum.js";

/** Scores of a metric's keys at one instant. */
export interface ScoreOf {
  /** Null where the metric has no trend. */
  at(key: GroupKey): number | null;
  /** An increment after the cut touches a window that the scores are about. */
  readonly touched: boolean;
  /** What of the generation could not be read. */
  readonly missing: readonly Missing[];
  /** Shards whose `other` group holds something of those windows. */
  readonly overflow: ReadonlySet<ShardId>;
}

interface TrendWindow {
  readonly widthMs: DurationMs;
  readonly range: TimeRange;
  /** How much of it lies in the past, 0 to 1. */
  readonly elapsed: number;
  readonly open: OpenWindow;
}

const NO_SCORES: ScoreOf = { at: () => null, touched: false, missing: [], overflow: new Set() };

export interface ScoreSource {
  readonly view: PlainView;
  windowSum(metric: Metric, range: TimeRange): Promise<WindowSum>;
  /** What is normal in windows within `asked`. */
  expectations(metric: Metric, asked: TimeRange): Promise<Expectations>;
}

/** The mean of the windows that end at `endMs`, each against what is expected of it. */
export const scoresAt = async (
  source: ScoreSource,
  metric: Metric,
  endMs: EpochMs,
  newestMs: EpochMs,
): Promise<ScoreOf> => {
  const { definition, measures } = metric;
  const { trend, paneMs, timeZone } = definition;
  if (trend === null) return NO_SCORES;
  const index = definition.measures.findIndex(({ name }) => name === trend.on);
  const ranges = TREND_WIDTHS_MS.map((widthMs) => windowEndingAt(endMs, widthMs, paneMs, timeZone));
  const fromMs = Math.min(...ranges.map((range) => range.fromMs)) as EpochMs;
  const expectations = await source.expectations(metric, { fromMs, toExclusiveMs: endMs });
  const sums = await Promise.all(ranges.map((range) => source.windowSum(metric, range)));
  const windows = sums.map((sum, at): TrendWindow => {
    const { range } = sum;
    const elapsed = (newestMs - range.fromMs) / (range.toExclusiveMs - range.fromMs);
    return {
      widthMs: TREND_WIDTHS_MS[at] as DurationMs,
      range,
      elapsed: Math.min(1, Math.max(0, elapsed)),
      open: openWindow(source.view, sum),
    };
  });
  return {
    touched: windows.some(({ open }) => open.touched),
    missing: [...expectations.missing, ...windows.flatMap(({ open }) => open.missing)],
    overflow: new Set(windows.flatMap(({ open }) => [...open.overflow])),
    at: (key) =>
      trendScore(
        windows.map(({ widthMs, range, elapsed, open }) => {
          const group = open.get(key);
          return {
            count: group ? rankOf(measures, group, index) : 0,
            elapsed,
            expectation: expectations.of(key, widthMs, range),
          };
        }),
      ),
  };
};
