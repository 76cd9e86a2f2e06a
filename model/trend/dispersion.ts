import type { KeyBaseline } from "./baseline.js";
import type { Levels } from "./level.js";
import { cellOf, type WindowCounts } from "./windowCounts.js";

/** Never less: no key is as regular as Poisson's for long. trends.md section 4.1. */
export const ALPHA_MIN = 0.02;
/** Keeps what is finite finite; scores hardly change beyond. */
export const ALPHA_MAX = 1e6;
/** A variance takes this many windows. */
const CELL_WINDOWS_MIN = 2;

/** A key's dispersion over the windows of the cells that hold two or more; `windows` 0: not measured. */
export interface Dispersion {
  readonly alpha: number;
  readonly windows: number;
}

/** Windows and expected mean of each cell. */
const cellsOf = (
  counts: WindowCounts,
  levels: Levels,
): { windows: readonly number[]; level: ArrayLike<number> } => {
  switch (counts.pooling) {
    case "slot":
      return { windows: counts.perSlot, level: levels.perSlot };
    case "hour":
      return { windows: counts.perHour, level: levels.perHour };
    case "all":
      return { windows: [counts.total], level: [levels.mean] };
  }
};

/** `sum(variance - mean) / sum(level^2)` over cells, within bounds; variance is the sample's (n - 1). */
export const dispersionOf = (baseline: KeyBaseline, counts: WindowCounts, levels: Levels): Dispersion => {
  const cells = cellsOf(counts, levels);
  const s = new Float64Array(cells.windows.length);
  const q = new Float64Array(cells.windows.length);
  for (let at = 0; at < baseline.slots.length; at++) {
    const cell = cellOf(baseline.slots[at] as number, counts.pooling);
    s[cell] = (s[cell] as number) + (baseline.s[at] as number);
    q[cell] = (q[cell] as number) + (baseline.q[at] as number);
  }
  let excess = 0;
  let squares = 0;
  let windows = 0;
  for (let cell = 0; cell < cells.windows.length; cell++) {
    const n = cells.windows[cell] as number;
    if (n < CELL_WINDOWS_MIN) continue;
    const sum = s[cell] as number;
    const variance = ((q[cell] as number) - (sum * sum) / n) / (n - 1);
    excess += variance - sum / n;
    squares += (cells.level[cell] as number) ** 2;
    windows += n;
  }
  const alpha = squares > 0 ? Math.min(Math.max(excess / squares, ALPHA_MIN), ALPHA_MAX) : ALPHA_MIN;
  return { alpha, windows };
};
