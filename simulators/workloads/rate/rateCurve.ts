import { type BurstShape, burstRate, dayCurve } from "../news/rate.js";

/** How many events a second are meant to be sent, over the time of a run. */
export type RateCurve =
  | { readonly kind: "steady"; readonly perSecond: number }
  /** In a straight line, then steady. */
  | { readonly kind: "ramp"; readonly from: number; readonly to: number; readonly overMs: number }
  /** One rate after the other, each for as long; the last one stays. */
  | { readonly kind: "steps"; readonly perSecond: readonly number[]; readonly stepMs: number }
  /** A news site's day, a Monday, in `dayMs`; `perSecond` about on average. */
  | { readonly kind: "diurnal"; readonly perSecond: number; readonly dayMs: number }
  /** Steady, and a burst that rises to `factor` times as much at the middle of every period. */
  | {
      readonly kind: "bursts";
      readonly perSecond: number;
      readonly factor: number;
      readonly periodMs: number;
    }
  /** Rises in a line to where `then` begins. */
  | { readonly kind: "warm_up"; readonly overMs: number; readonly then: RateCurve };

const DAY_MS = 86_400_000;
const MONDAY_MS = 4 * DAY_MS;

/** Parts of a period: it rises in a twentieth, stays for a tenth, and has faded before the next. */
const burstShape = (peakPerSecond: number, periodMs: number): BurstShape => ({
  peakPerSecond,
  riseMs: periodMs / 20,
  stayMs: periodMs / 10,
  fadeMs: periodMs / 30,
});

/** Events a second, this long after the start. */
export const rateAt = (curve: RateCurve, sinceMs: number): number => {
  switch (curve.kind) {
    case "steady":
      return curve.perSecond;
    case "ramp":
      return curve.from + (curve.to - curve.from) * Math.min(1, sinceMs / curve.overMs);
    case "steps": {
      const step = Math.min(curve.perSecond.length - 1, Math.floor(sinceMs / curve.stepMs));
      return curve.perSecond[step] ?? 0;
    }
    case "diurnal":
      return curve.perSecond * dayCurve(MONDAY_MS + ((sinceMs / curve.dayMs) % 1) * DAY_MS);
    case "bursts": {
      const shape = burstShape((curve.factor - 1) * curve.perSecond, curve.periodMs);
      const inPeriodMs = (sinceMs % curve.periodMs) - curve.periodMs / 2;
      return curve.perSecond + burstRate(shape, inPeriodMs);
    }
    case "warm_up":
      return sinceMs < curve.overMs
        ? (rateAt(curve.then, 0) * sinceMs) / curve.overMs
        : rateAt(curve.then, sinceMs - curve.overMs);
  }
};

/** The curve, after a rise to its beginning; code is compiled and caches fill meanwhile. */
export const warmedUp = (then: RateCurve, overMs: number): RateCurve =>
  overMs > 0 ? { kind: "warm_up", overMs, then } : then;
