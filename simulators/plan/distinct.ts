/** Above this rank, keys are taken together by ranges in which their shares differ by a hundredth. */
const EXACT_RANKS = 1_000;
const RANGE_GROWTH = 1.01;

/** Keys with about the same share of all events. */
export interface KeyRange {
  readonly share: number;
  readonly count: number;
}

/** Zipf's law over `keys` with this exponent, as ranges of like shares. */
export const keyRanges = (keys: number, exponent: number): readonly KeyRange[] => {
  const ranges: { readonly weight: number; readonly count: number }[] = [];
  for (let from = 1; from <= keys; ) {
    const to = from < EXACT_RANKS ? from : Math.min(keys, Math.floor(from * RANGE_GROWTH));
    const middle = (from + to) / 2;
    ranges.push({ weight: middle ** -exponent, count: to - from + 1 });
    from = to + 1;
  }
  const total = ranges.reduce((sum, { weight, count }) => sum + weight * count, 0);
  return ranges.map(({ weight, count }) => ({ share: weight / total, count }));
};

/** How likely a key of that share is among so many events: 1 - (1 - share)^events, here by exp. */
export const chanceOf = (share: number, events: number): number => -Math.expm1(-events * share);

/** How many different keys `events` draws meet on average. */
export const expectedDistinct = (events: number, keys: number, exponent: number): number =>
  keyRanges(keys, exponent).reduce((sum, { share, count }) => sum + count * chanceOf(share, events), 0);
