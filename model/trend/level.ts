import type { GroupPrior, KeyBaseline } from "./baseline.js";
import { HOURS_OF_DAY, SLOTS } from "./slot.js";
import type { WindowCounts } from "./windowCounts.js";

/*
 * Level and dispersion of one key, trends.md section 4.1: (n, S, Q) per hour of week, x in events (or distinct users)
 * per window. No x is capped: a cap is not additive.
 */
/** How many windows the level above counts for. */
const HOUR_OF_DAY_WEIGHT = 4;
const SLOT_WEIGHT = 6;
/** How many windows a group's prior counts for at most. */
export const PRIOR_WINDOWS = 12;

/**
 * How many windows the prior's mean counts for. Keys whose means differ as a gamma of dispersion `spread` say about one
 * more key as much as 1 / (spread mean) windows of its own; a group of unlike keys hardly says anything. Our own choice:
 * trends.md gives the prior a fixed weight.
 */
const priorWeight = ({ mean, spread }: Pick<GroupPrior, "mean" | "spread">): number =>
  Math.min(PRIOR_WINDOWS, 1 / (spread * mean));

/** Sums become means, each drawn to the level above as if that had been seen in `weight` windows. */
const shrink = (
  sums: Float64Array,
  windows: readonly number[],
  weight: number,
  above: (cell: number) => number,
): void => {
  for (let cell = 0; cell < sums.length; cell++) {
    sums[cell] = ((sums[cell] as number) + weight * above(cell)) / ((windows[cell] as number) + weight);
  }
};

/** What is expected of a key, shrunk from the hour of week to the hour of day to the key's mean to the prior's. */
export interface Levels {
  readonly mean: number;
  readonly perHour: Float64Array;
  readonly perSlot: Float64Array;
}

export const levelsOf = (
  baseline: KeyBaseline,
  counts: WindowCounts,
  prior: Pick<GroupPrior, "mean" | "spread">,
): Levels => {
  const perHour = new Float64Array(HOURS_OF_DAY);
  const perSlot = new Float64Array(SLOTS);
  let sum = 0;
  for (let at = 0; at < baseline.slots.length; at++) {
    const slot = baseline.slots[at] as number;
    const s = baseline.s[at] as number;
    sum += s;
    perHour[slot % HOURS_OF_DAY] = (perHour[slot % HOURS_OF_DAY] as number) + s;
    perSlot[slot] = s;
  }
  const weight = priorWeight(prior);
  const mean = (sum + weight * prior.mean) / (counts.total + weight);
  shrink(perHour, counts.perHour, HOUR_OF_DAY_WEIGHT, () => mean);
  shrink(perSlot, counts.perSlot, SLOT_WEIGHT, (slot) => perHour[slot % HOURS_OF_DAY] as number);
  return { mean, perHour, perSlot };
};
