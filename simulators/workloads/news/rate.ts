const DAY_MS = 86_400_000;
/** 1970-01-01 was a Thursday: days since then, plus three, modulo seven, is 0 on Mondays. */
const MONDAY_OFFSET_DAYS = 3;
const WEEKEND_FACTOR = 0.75;

/** How busy the site is at this moment (UTC), about 1 on average over a week: quiet nights, a peak at noon and one in the evening. */
export const dayCurve = (timeMs: number): number => {
  const days = timeMs / DAY_MS + MONDAY_OFFSET_DAYS;
  const hour = (days - Math.floor(days)) * 24;
  const day = Math.floor(days) - 7 * Math.floor(days / 7);
  const daily = 1 - 0.6 * Math.cos(((hour - 4) / 24) * 2 * Math.PI);
  const evening = 0.25 * Math.cos(((hour - 20) / 12) * 2 * Math.PI);
  return (daily + evening) * (day >= 5 ? WEEKEND_FACTOR : 1.1);
};

/** A story's life: it rises in a line, stays, and fades away. */
export interface BurstShape {
  readonly peakPerSecond: number;
  readonly riseMs: number;
  readonly stayMs: number;
  /** The time in which it falls to 1/e. */
  readonly fadeMs: number;
}

const FADED = 6;

export const burstDurationMs = ({ riseMs, stayMs, fadeMs }: BurstShape): number =>
  riseMs + stayMs + FADED * fadeMs;

/** Events per second, this long after the story broke. */
export const burstRate = (shape: BurstShape, sinceMs: number): number => {
  if (sinceMs < 0 || sinceMs >= burstDurationMs(shape)) return 0;
  if (sinceMs < shape.riseMs) return (shape.peakPerSecond * sinceMs) / shape.riseMs;
  const fadingMs = Math.max(0, sinceMs - shape.riseMs - shape.stayMs);
  return shape.peakPerSecond * Math.exp(-fadingMs / shape.fadeMs);
};
