import { type Measure, subBitsFor } from "@freshet/model";
import { countForm } from "./count.js";
import { distinctSketch } from "./distinct.js";
import { extremeForm } from "./extreme.js";
import { genericForm } from "./generic.js";
import { quantilesSketch } from "./quantiles.js";
import type { SketchMaker } from "./sketch.js";
import { sketchLogForm } from "./sketchLog.js";
import type { StoreForm } from "./store.js";
import { sumForm } from "./sum.js";

type How =
  | { readonly kind: "alone"; readonly form: StoreForm }
  | { readonly kind: "sketch"; readonly make: SketchMaker };

/** A measure that is not named here is folded by its own states: slower, and nothing else. */
const howToStore = (measure: Measure): How => {
  const { spec } = measure;
  switch (spec.kind) {
    case "count":
      return { kind: "alone", form: countForm };
    case "sum":
      return { kind: "alone", form: sumForm };
    case "min":
    case "max":
      return { kind: "alone", form: extremeForm(spec.kind) };
    case "countDistinct":
      return { kind: "sketch", make: distinctSketch(spec.lgK) };
    case "quantiles":
      return { kind: "sketch", make: quantilesSketch(subBitsFor(spec.relativeError)) };
    default:
      return { kind: "alone", form: genericForm(measure) };
  }
};

/** A form, and which measures it holds. */
export interface PlacedForm {
  readonly measures: readonly number[];
  readonly form: StoreForm;
}

/** How a metric's measures are kept: each by itself, but sketches together. */
export const storeFormsOf = (measures: readonly Measure[]): readonly PlacedForm[] => {
  const forms: PlacedForm[] = [];
  const sketches: number[] = [];
  const makers: SketchMaker[] = [];
  measures.forEach((measure, index) => {
    const how = howToStore(measure);
    if (how.kind === "alone") forms.push({ measures: [index], form: how.form });
    else {
      sketches.push(index);
      makers.push(how.make);
    }
  });
  return sketches.length === 0 ? forms : [...forms, { measures: sketches, form: sketchLogForm(makers) }];
};
