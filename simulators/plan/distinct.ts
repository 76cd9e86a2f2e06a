/** Above this rank, keys are taken together by ranges in which their shares differ by a hundredth. */
const EXACT_RANKS = 1_000;
const RANGE_GROWTH = 1.01;

/**
 * How many different keys `events` draws meet on average, of `keys` by Zipf's law with this exponent: the sum over keys of
 * 1 - (1 - share)^events, here 1 - exp(-events * share).
 */
export const expectedDistinct = (events: number, keys: number, exponent: number): number => {
  const ranges: { readonly weight: number; readonly count: number }[] = [];
  for (let from = 1; from <= keys; ) {
    const to = from < EXACT_RANKS ? from : Math.min(keys, Math.floor(from * RANGE_GROWTH));
    const middle = (from + to) / 2;
    ranges.push({ weight: middle ** -exponent, count: to - from + 1 });
    from = to + 1;
  }
  const total = ranges.reduce((sum, { weight, count }) => sum + weight * count, 0);
  return ranges.reduce((sum, { weight, count }) => sum - count * Math.expm1((-events * weight) / total), 0);
};
