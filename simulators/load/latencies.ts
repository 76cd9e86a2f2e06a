import { build } from "hdr-histogram-js";

/** Durations in an HDR histogram: three significant digits, from a microsecond to an hour. */
export interface Latencies {
  record(ms: number, count?: number): void;
  summary(): LatencySummary;
  /** What share of all was at most how long, ever finer towards the end: for a chart. */
  distribution(): readonly LatencyPoint[];
}

/** Milliseconds; 0 where nothing was recorded. */
export interface LatencySummary {
  readonly count: number;
  readonly meanMs: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly p9999Ms: number;
  readonly maxMs: number;
}

export interface LatencyPoint {
  readonly percentile: number;
  readonly ms: number;
}

const US_PER_MS = 1_000;
const HIGHEST_US = 3_600_000_000;
/** Halvings of the rest of the way to 100 %, and points on each. */
const HALVINGS = 17;
const POINTS = 4;

export const createLatencies = (): Latencies => {
  const histogram = build({
    bitBucketSize: 64,
    lowestDiscernibleValue: 1,
    highestTrackableValue: HIGHEST_US,
    numberOfSignificantValueDigits: 3,
  });
  let longestUs = 0;
  /** A bucket is told by its upper end, which may lie beyond the longest. */
  const at = (percentile: number): number =>
    Math.min(histogram.getValueAtPercentile(percentile), longestUs) / US_PER_MS;
  return {
    record(ms, count = 1) {
      const us = Math.min(HIGHEST_US, Math.max(1, Math.round(ms * US_PER_MS)));
      longestUs = Math.max(longestUs, us);
      histogram.recordValueWithCount(us, count);
    },
    summary() {
      const count = histogram.totalCount;
      if (count === 0)
        return { count, meanMs: 0, p50Ms: 0, p90Ms: 0, p99Ms: 0, p999Ms: 0, p9999Ms: 0, maxMs: 0 };
      return {
        count,
        meanMs: histogram.mean / US_PER_MS,
        p50Ms: at(50),
        p90Ms: at(90),
        p99Ms: at(99),
        p999Ms: at(99.9),
        p9999Ms: at(99.99),
        maxMs: longestUs / US_PER_MS,
      };
    },
    distribution() {
      if (histogram.totalCount === 0) return [];
      return Array.from({ length: HALVINGS * POINTS }, (_, index) => {
        const percentile = 100 * (1 - 2 ** (-index / POINTS));
        return { percentile, ms: at(percentile) };
      }).filter(({ percentile }) => percentile <= 100 * (1 - 1 / histogram.totalCount));
    },
  };
};
