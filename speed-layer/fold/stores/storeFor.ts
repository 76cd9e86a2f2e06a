import { type Measure, subBitsFor } from "@freshet/model";
import type { Slabs } from "../slabs.js";
import { createCountStore } from "./count.js";
import { createDistinctStore } from "./distinct.js";
import { createExtremeStore } from "./extreme.js";
import { createGenericStore } from "./generic.js";
import { createQuantilesStore } from "./quantiles.js";
import type { Store } from "./store.js";
import { createSumStore } from "./sum.js";

/** A measure that is not named here is folded by its own states: slower, and nothing else. */
export const storeFor = (measure: Measure, slabs: Slabs): Store => {
  const { spec } = measure;
  switch (spec.kind) {
    case "count":
      return createCountStore();
    case "sum":
      return createSumStore();
    case "min":
    case "max":
      return createExtremeStore(spec.kind);
    case "countDistinct":
      return createDistinctStore(spec.lgK, slabs);
    case "quantiles":
      return createQuantilesStore(subBitsFor(spec.relativeError), slabs);
    default:
      return createGenericStore(measure);
  }
};
