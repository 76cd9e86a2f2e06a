import type { KeyBaseline } from "./baseline.js";
import { ALPHA_MAX, ALPHA_MIN } from "./dispersion.js";
import type { WindowCounts } from "./windowCounts.js";

/** What is known of a key from the group that it belongs to, at one width. */
export interface GroupPrior {
  /** Mean x per window of a key. */
  readonly mean: number;
  /** Dispersion over all windows of all its keys, so large where the keys differ: variance is `mean + alpha mean^2`. */
  readonly alpha: number;
}

/** What is expected where nothing is known; a guess, which orders keys by their counts. */
export const UNKNOWN_PRIOR: GroupPrior = { mean: 0, alpha: 0.5 };

/** A key of a group, with the windows of its own history. */
export interface GroupMember {
  readonly baseline: KeyBaseline;
  readonly counts: WindowCounts;
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** The prior of a group by its keys' windows, S and Q, summed. */
export const groupPrior = (members: Iterable<GroupMember>): GroupPrior => {
  let windows = 0;
  let s = 0;
  let q = 0;
  for (const { baseline, counts } of members) {
    windows += counts.total;
    s += total(baseline.s);
    q += total(baseline.q);
  }
  if (windows < 2 || s === 0) return UNKNOWN_PRIOR;
  const mean = s / windows;
  const variance = (q - s * mean) / (windows - 1);
  const alpha = Math.min(Math.max((variance - mean) / mean ** 2, ALPHA_MIN), ALPHA_MAX);
  return { mean, alpha };
};
