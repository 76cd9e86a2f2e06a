import { RANK_MAX } from "./registers.js";

/*
 * The improved raw estimator of Otmar Ertl, "New cardinality estimation algorithms for HyperLogLog sketches",
 * arXiv:1702.01284 (2017), algorithm 6. It needs the registers alone, no bias table and no history of insertions,
 * so that no order of merging shows.
 */
const ALPHA_INFINITY = 0.5 / Math.LN2;
/** There are no more hashes of 64 bits: full registers would say infinity. */
const DISTINCT_MAX = 2 ** 64;

const sigma = (x: number): number => {
  if (x === 1) return Number.POSITIVE_INFINITY;
  let power = x;
  let scale = 1;
  let sum = x;
  let before: number;
  do {
    power *= power;
    before = sum;
    sum += power * scale;
    scale += scale;
  } while (sum !== before);
  return sum;
};

const tau = (x: number): number => {
  if (x === 0 || x === 1) return 0;
  let root = x;
  let scale = 1;
  let rest = 1 - x;
  let before: number;
  do {
    root = Math.sqrt(root);
    before = rest;
    scale *= 0.5;
    rest -= (1 - root) ** 2 * scale;
  } while (rest !== before);
  return rest / 3;
};

/** What rounding may add. */
const SLACK = 1 + 1e-9;

/**
 * The most that an estimate, or less, can grow to when registers are raised. Each raise lessens z (below) by no more than one of a register
 * that was zero does: by `k sigma(j / k) - k sigma((j - 1) / k) >= 1`, of j such registers; another's rank counts 1/2 at most. That grows
 * with j, and j is no more than z has room for.
 */
export const createEstimateBound = (k: number): ((estimate: number, raises: number) => number) => {
  /** k sigma(j / k) by j. */
  const shares = Float64Array.from({ length: k + 1 }, (_, zeros) => k * sigma(zeros / k));
  return (estimate, raises) => {
    const z = (ALPHA_INFINITY * k * k) / estimate;
    let low = 0;
    let high = k;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((shares[middle] as number) <= z * SLACK) low = middle;
      else high = middle - 1;
    }
    if (raises >= low) return DISTINCT_MAX;
    // Where nothing was raised z is infinite, and so is what all of the registers share. A greater z may have room for one more.
    const least =
      low === k
        ? (shares[k - raises] as number)
        : Math.min(
            z - (shares[low] as number) + (shares[low - raises] as number),
            shares[low + 1 - raises] as number,
          );
    return least <= 0 ? DISTINCT_MAX : Math.min(((ALPHA_INFINITY * k * k) / least) * SLACK, DISTINCT_MAX);
  };
};

/** How many distinct values the registers have seen, from the count of registers of each rank (0 to 63). */
export const estimateDistinct = (histogram: Uint32Array): number => {
  let k = 0;
  for (let rank = 0; rank <= RANK_MAX; rank++) k += histogram[rank] as number;
  let z = k * tau(1 - (histogram[RANK_MAX] as number) / k);
  for (let rank = RANK_MAX - 1; rank >= 1; rank--) z = 0.5 * (z + (histogram[rank] as number));
  z += k * sigma((histogram[0] as number) / k);
  return Math.min((ALPHA_INFINITY * k * k) / z, DISTINCT_MAX);
};
