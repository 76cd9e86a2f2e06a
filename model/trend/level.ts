import type { KeyBaseline } from "./baseline.js";
import type { GroupPrior } from "./prior.js";
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
 * How many windows the prior's mean counts for. Keys whose means differ as a gamma of dispersion alpha say about one
 * more key as much as 1 / (alpha mean) windows of its own; a group of unlike keys hardly says anything.
 */
const priorWeight = ({ mean, alpha }: GroupPrior): number => Math.min(PRIOR_WINDOWS, 1 / (alpha * mean));

/** What is expected of a key, shrunk from the hour of week to the hour of day to the key's mean to the prior's. */
export interface Levels {
  readonly mean: number;
  readonly perHour: readonly number[];
  readonly perSlot: readonly number[];
}

export const levelsOf = (baseline: KeyBaseline, counts: WindowCounts, prior: GroupPrior): Levels => {
  const sumPerHour = new Array<number>(HOURS_OF_DAY).fill(0);
  const sumPerSlot = new Array<number>(SLOTS).fill(0);
  let sum = 0;
  baseline.slots.forEach((slot, at) => {
    const s = baseline.s[at] as number;
    const hour = slot % HOURS_OF_DAY;
    sum += s;
    sumPerHour[hour] = (sumPerHour[hour] as number) + s;
    sumPerSlot[slot] = s;
  });
  const weight = priorWeight(prior);
  const mean = (sum + weight * prior.mean) / (counts.total + weight);
  const perHour = sumPerHour.map(
    (s, hour) => (s + HOUR_OF_DAY_WEIGHT * mean) / ((counts.perHour[hour] as number) + HOUR_OF_DAY_WEIGHT),
  );
  const perSlot = sumPerSlot.map(
    (s, slot) =>
      (s + SLOT_WEIGHT * (perHour[slot % HOURS_OF_DAY] as number)) /
      ((counts.perSlot[slot] as number) + SLOT_WEIGHT),
  );
  return { mean, perHour, perSlot };
};
