import type { GroupPrior, KeyBaseline } from "./baseline.js";
import { dispersionOf } from "./dispersion.js";
import { levelsOf, PRIOR_WINDOWS } from "./level.js";
import type { WindowCounts } from "./windowCounts.js";

/** What one window of a key is expected to hold: mean `lambda`, variance `lambda + alpha lambda^2`. */
export interface Expectation {
  readonly lambda: number;
  readonly alpha: number;
}

/**
 * What batch knows to be normal for a key in an hour of week. The less history a key has, the more it is taken for one of
 * its group: lambda moves from the prior's mean, and alpha, as a scale, by its logarithm (our own choice; trends.md section
 * 4.1 takes a new key's alpha from its group and leaves open how it becomes the key's own).
 */
export const expectationOf = (
  baseline: KeyBaseline,
  counts: WindowCounts,
  prior: GroupPrior,
  slot: number,
): Expectation => {
  const levels = levelsOf(baseline, counts, prior);
  const { alpha, windows } = dispersionOf(baseline, counts, levels);
  const own = windows / (windows + PRIOR_WINDOWS);
  return { lambda: levels.perSlot[slot] as number, alpha: alpha ** own * prior.alpha ** (1 - own) };
};
