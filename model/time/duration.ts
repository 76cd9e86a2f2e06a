import type { DurationMs } from "../brand.js";

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Reads `250ms`, `30s`, `15m`, `1h`, `7d`. @throws RangeError that says which forms are read. */
export const parseDuration = (text: string): DurationMs => {
  const match = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text);
  const value = match ? Number(match[1]) * (UNIT_MS[match[2] as string] as number) : 0;
  if (value <= 0) throw new RangeError(`not a duration: "${text}" (write 30s, 15m, 1h or 7d)`);
  return value as DurationMs;
};

/** The shortest text that `parseDuration` reads back. */
export const formatDuration = (value: DurationMs): string => {
  for (const unit of ["d", "h", "m", "s"] as const) {
    const unitMs = UNIT_MS[unit] as number;
    if (value % unitMs === 0) return `${value / unitMs}${unit}`;
  }
  return `${value}ms`;
};
