import type { Expectation } from "./expectation.js";

/** Never expected less, in events a window: one event of a key that never has any is no trend. */
const LAMBDA_MIN = 0.05;

/** What one window of a key holds now. */
export interface WindowReading {
  /** Events or (estimated) distinct users in the window, 0 to 2^53. */
  readonly count: number;
  /** How much of the window lies in the past, 0 to 1: what is expected of it shrinks with it. */
  readonly elapsed: number;
  readonly expectation: Expectation;
}

/** `ln(value / base)` by their difference where they are close: there the terms of the deviance almost cancel. */
const logRatio = (value: number, base: number, difference: number): number =>
  Math.abs(difference) < base / 2 ? Math.log1p(difference / base) : Math.log(value / base);

/**
 * Deviance of a negative binomial of mean l and variance `l + a l^2` at c:
 * `2 (c ln(c / l) - (c + 1/a) ln((c + 1/a) / (l + 1/a)))`. trends.md section 4.1.
 */
const deviance = (c: number, l: number, a: number): number => {
  const size = 1 / a;
  const own = c === 0 ? 0 : c * logRatio(c, l, c - l);
  const spread = (c + size) * logRatio(c + size, l + size, c - l);
  return Math.max(0, 2 * (own - spread));
};

/** The signed root of the deviance: about how many standard deviations a window is from what was expected. */
export const windowScore = ({ count, elapsed, expectation }: WindowReading): number => {
  const lambda = Math.max(LAMBDA_MIN, expectation.lambda * elapsed);
  return Math.sign(count - lambda) * Math.sqrt(deviance(count, lambda, expectation.alpha));
};

/** How unusual now is: the mean of a key's windows (15 m and 60 m). Derived when read, never stored. */
export const trendScore = (readings: readonly WindowReading[]): number =>
  readings.reduce((sum, reading) => sum + windowScore(reading), 0) / readings.length;
