/** How much of a series' end lies above its middle: what a leak adds, and a warm-up does not. */
export const growthOf = (samples: readonly number[]): number => {
  const third = Math.floor(samples.length / 3);
  if (third < 1) return 0;
  const middle = medianOf(samples.slice(third, 2 * third));
  const end = medianOf(samples.slice(2 * third));
  return (end - middle) / middle;
};

const medianOf = (samples: readonly number[]): number =>
  [...samples].sort((a, b) => a - b)[samples.length >> 1] ?? Number.NaN;
