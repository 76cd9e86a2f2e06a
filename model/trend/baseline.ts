/**
 * What one key did in the completed windows of one width, x being a window's exact count: a commutative monoid by
 * adding slot by slot. How many windows there were, empty ones too, is in `WindowCounts`.
 */
export interface KeyBaseline {
  /** Slots with any activity, ascending; `s` and `q` are parallel to it. */
  readonly slots: readonly number[];
  /** Sum of x. */
  readonly s: readonly number[];
  /** Sum of x squared. */
  readonly q: readonly number[];
}

export const EMPTY_BASELINE: KeyBaseline = { slots: [], s: [], q: [] };

const replaced = (baseline: KeyBaseline, slot: number, s: number, q: number): KeyBaseline => {
  const found = baseline.slots.findIndex((standing) => standing >= slot);
  const at = found < 0 ? baseline.slots.length : found;
  const standing = baseline.slots[at] === slot ? 1 : 0;
  const entry = <T>(value: T): T[] => (s === 0 && q === 0 ? [] : [value]);
  return {
    slots: baseline.slots.toSpliced(at, standing, ...entry(slot)),
    s: baseline.s.toSpliced(at, standing, ...entry(s)),
    q: baseline.q.toSpliced(at, standing, ...entry(q)),
  };
};

const sumsAt = (baseline: KeyBaseline, slot: number): { s: number; q: number } => {
  const at = baseline.slots.indexOf(slot);
  return { s: baseline.s[at] ?? 0, q: baseline.q[at] ?? 0 };
};

/** The baseline with one more window in it. */
export const withWindow = (baseline: KeyBaseline, slot: number, x: number): KeyBaseline => {
  const { s, q } = sumsAt(baseline, slot);
  return replaced(baseline, slot, s + x, q + x * x);
};

/**
 * The baseline less a window that is in it, so that a question about that time is not compared with itself.
 * @throws RangeError when the slot does not hold as much.
 */
export const withoutWindow = (baseline: KeyBaseline, slot: number, x: number): KeyBaseline => {
  const { s, q } = sumsAt(baseline, slot);
  if (s < x || q < x * x) throw new RangeError(`no window of ${x} in slot ${slot} to take out`);
  return replaced(baseline, slot, s - x, q - x * x);
};

/** What is known of a key from the group that it belongs to, at one width. */
export interface GroupPrior {
  /** Mean x per window of a key. */
  readonly mean: number;
  /**
   * Dispersion over all windows of all its keys: how far the keys are apart, and their bursts. It says how little the
   * mean tells of one more key, and nothing of how one key varies.
   */
  readonly spread: number;
  /** Dispersion of a typical key about its own level: variance is `level + alpha level^2`. */
  readonly alpha: number;
}
