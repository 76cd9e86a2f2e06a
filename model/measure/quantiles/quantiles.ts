import { corrupt } from "../corrupt.js";
import { integerInput } from "../integer.js";
import type { Measure, MeasureSpec } from "../measure.js";
import { binMax, binOf, binValue, subBitsFor } from "./bins.js";
import {
  addToBin,
  type Histogram,
  HISTOGRAMS_AT_ONCE,
  mergeHistograms,
  quantileBin,
  quantileBinOfAll,
} from "./histogram.js";
import { quantileLabel } from "./label.js";
import { decodeHistogram, encodeHistogram, skipHistogram } from "./histogramCodec.js";

const MEDIAN = 0.5;

/** `{bin, n}[]`, ascending by bin. */
const fromBins = (column: unknown, subBits: number): Histogram => {
  if (column === null || column === undefined) return [];
  if (!Array.isArray(column)) return corrupt("quantiles", "column is not a list");
  const most = binMax(subBits);
  const histogram: Histogram = [];
  let before = Number.NEGATIVE_INFINITY;
  for (const { bin, n } of column as readonly { bin: unknown; n: unknown }[]) {
    const number = Number(bin);
    const count = Number(n);
    const sound = Number.isInteger(number) && number > before && Math.abs(number) <= most;
    if (!sound || !Number.isSafeInteger(count) || count < 1)
      corrupt("quantiles", `bin ${String(bin)} with ${String(n)}`);
    histogram.push(number, count);
    before = number;
  }
  return histogram;
};

/** Quantiles of integers by nearest rank, each within the stated relative error of the exact one; small ones are exact. */
export const createQuantiles = (spec: Extract<MeasureSpec, { kind: "quantiles" }>): Measure<Histogram> => {
  const subBits = subBitsFor(spec.relativeError);
  const labels = spec.probabilities.map((p) => [quantileLabel(p), p] as const);
  const valueAt = (histogram: Histogram, probability: number): number | null => {
    const bin = quantileBin(histogram, probability);
    return bin === null ? null : binValue(bin, subBits);
  };
  const medianOf = (histogram: Histogram): number => valueAt(histogram, MEDIAN) ?? Number.NEGATIVE_INFINITY;
  return {
    spec,
    zero: () => [],
    add: (histogram, input) =>
      input === null ? histogram : addToBin(histogram, binOf(integerInput("quantiles", input), subBits), 1),
    merge: mergeHistograms,
    rankTogether(states) {
      if (states.length > HISTOGRAMS_AT_ONCE) return medianOf(states.reduce(mergeHistograms, []));
      const bin = quantileBinOfAll(states, MEDIAN);
      return bin === null ? Number.NEGATIVE_INFINITY : binValue(bin, subBits);
    },
    present: (histogram) => Object.fromEntries(labels.map(([label, p]) => [label, valueAt(histogram, p)])),
    rank: medianOf,
    // No more of the values lie above the greater of the median and what was added.
    rankBound: (before, added) =>
      added.length === 0 ? before : Math.max(before, binValue(added.at(-2) as number, subBits)),
    encode: (histogram, out) => encodeHistogram(histogram, subBits, out),
    decode: (from) => decodeHistogram(from, subBits),
    skip: skipHistogram,
    fromColumn: (column) => fromBins(column, subBits),
    errorBound: { kind: "relative", bound: spec.relativeError, confidence: 1 },
  };
};
