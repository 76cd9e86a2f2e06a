import type { Random } from "./random.js";

/** Draws indexes in proportion to the weights. */
export type Sampler = (random: Random) => number;

/** @throws RangeError unless at least one weight is above zero and none is below. */
export const weightedSampler = (weights: readonly number[]): Sampler => {
  let total = 0;
  const upTo = weights.map((weight) => {
    if (!(weight >= 0)) throw new RangeError(`not a weight: ${weight}`);
    total += weight;
    return total;
  });
  if (total === 0) throw new RangeError("no weight above zero");
  return (random) => {
    const target = random.unit() * total;
    let low = 0;
    let high = upTo.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((upTo[middle] as number) > target) high = middle;
      else low = middle + 1;
    }
    return low;
  };
};

/** Zipf's law: the n-th of `count` has weight n^-exponent. */
export const zipfWeights = (count: number, exponent: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => (index + 1) ** -exponent);
