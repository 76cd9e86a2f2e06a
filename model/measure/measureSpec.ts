import type { MeasureSpec } from "./measure.js";
import { RELATIVE_ERROR_MAX, RELATIVE_ERROR_MIN } from "./quantiles/bins.js";
import { quantileLabel } from "./quantiles/label.js";

export const LG_K_MIN = 4;
export const LG_K_MAX = 21;
export const LG_K_DEFAULT = 12;
const PROBABILITIES_MAX = 32;

const distinctProblem = (lgK: number): string | null =>
  Number.isInteger(lgK) && lgK >= LG_K_MIN && lgK <= LG_K_MAX
    ? null
    : `countDistinct: lgK must be an integer from ${LG_K_MIN} to ${LG_K_MAX}, not ${lgK}`;

const quantilesProblem = (relativeError: number, probabilities: readonly number[]): string | null => {
  if (!(relativeError >= RELATIVE_ERROR_MIN && relativeError <= RELATIVE_ERROR_MAX)) {
    return `quantiles: relativeError must be from ${RELATIVE_ERROR_MIN} to ${RELATIVE_ERROR_MAX}, not ${relativeError}`;
  }
  if (probabilities.length === 0 || probabilities.length > PROBABILITIES_MAX) {
    return `quantiles: from 1 to ${PROBABILITIES_MAX} probabilities, not ${probabilities.length}`;
  }
  const bad = probabilities.find((p) => !(p >= 0 && p <= 1));
  if (bad !== undefined) return `quantiles: a probability lies from 0 to 1, not ${bad}`;
  const labels = new Set(probabilities.map(quantileLabel));
  return labels.size === probabilities.length ? null : "quantiles: a probability is named twice";
};

/** Says why a spec cannot be used, or null. */
export const checkMeasureSpec = (spec: MeasureSpec): string | null => {
  switch (spec.kind) {
    case "count":
    case "sum":
    case "min":
    case "max":
      return null;
    case "countDistinct":
      return distinctProblem(spec.lgK);
    case "quantiles":
      return quantilesProblem(spec.relativeError, spec.probabilities);
    default:
      return `no such measure: ${String((spec as { kind: unknown }).kind)}`;
  }
};
