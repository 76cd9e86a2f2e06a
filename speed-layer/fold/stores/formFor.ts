import { type Measure, subBitsFor } from "@freshet/model";
import { countForm } from "./count.js";
import { distinctForm } from "./distinct.js";
import { maxForm, minForm } from "./extreme.js";
import { genericForm } from "./generic.js";
import { quantilesForm } from "./quantiles.js";
import type { StateForm } from "./store.js";
import { sumForm } from "./sum.js";

/** A measure that is not named here is folded by its own states: slower, and nothing else. */
export const formFor = (measure: Measure): StateForm => {
  const { spec } = measure;
  switch (spec.kind) {
    case "count":
      return countForm;
    case "sum":
      return sumForm;
    case "min":
      return minForm;
    case "max":
      return maxForm;
    case "countDistinct":
      return distinctForm(spec.lgK);
    case "quantiles":
      return quantilesForm(subBitsFor(spec.relativeError));
    default:
      return genericForm(measure);
  }
};
