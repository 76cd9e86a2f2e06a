import type { Random } from "./random.js";

/** Draws indexes in proportion to the weights. */
export type Sampler = (random: Random) => number;

/**
 * Chen and Asau's guide table before the search: a draw takes constant time on average, however many weights there are.
 * @throws RangeError unless at least one weight is above zero and none is below.
 */
export const weightedSampler = (weights: readonly number[]): Sampler => {
  let total = 0;
  const upTo = Float64Array.from(weights, (weight) => {
    if (!(weight >= 0)) throw new RangeError(`not a weight: ${weight}`);
    total += weight;
    return total;
  });
  if (total === 0) throw new RangeError("no weight above zero");
  const guide = guideTable(upTo, total);
  return (random) => {
    const unit = random.unit();
    const target = unit * total;
    let index = guide[Math.floor(unit * weights.length)] as number;
    while ((upTo[index] as number) <= target) index++;
    return index;
  };
};

/** For each of as many equal parts of the range as there are weights, the first index that a draw from it can give. */
const guideTable = (upTo: Float64Array, total: number): Uint32Array => {
  const table = new Uint32Array(upTo.length);
  let index = 0;
  for (let part = 0; part < table.length; part++) {
    const from = (part / table.length) * total;
    // a step back from what rounding may put on the wrong side
    while ((upTo[index] as number) < from * (1 - 1e-12)) index++;
    table[part] = index;
  }
  return table;
};

/** Zipf's law: the n-th of `count` has weight n^-exponent. */
export const zipfWeights = (count: number, exponent: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => (index + 1) ** -exponent);
