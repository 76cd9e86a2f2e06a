import { countMeasure } from "./count.js";
import { createCountDistinct } from "./distinct/countDistinct.js";
import { maxMeasure } from "./max.js";
import type { Measure, MeasureSpec } from "./measure.js";
import { checkMeasureSpec } from "./measureSpec.js";
import { minMeasure } from "./min.js";
import { createQuantiles } from "./quantiles/quantiles.js";
import { sumMeasure } from "./sum.js";

/** The one implementation of a spec. @throws RangeError when `checkMeasureSpec` finds a problem. */
export const measureFor = (spec: MeasureSpec): Measure => {
  const problem = checkMeasureSpec(spec);
  if (problem !== null) throw new RangeError(problem);
  switch (spec.kind) {
    case "count":
      return countMeasure;
    case "sum":
      return sumMeasure;
    case "min":
      return minMeasure;
    case "max":
      return maxMeasure;
    case "countDistinct":
      return createCountDistinct(spec);
    case "quantiles":
      return createQuantiles(spec);
  }
};
