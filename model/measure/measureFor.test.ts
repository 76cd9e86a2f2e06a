import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { measureLaws } from "./measure.contract.js";
import { measureFor } from "./measureFor.js";
import type { MeasureInput } from "./measure.js";

const integers = fc.oneof(fc.integer({ min: -20, max: 20 }), fc.maxSafeInteger());
const inputs: fc.Arbitrary<MeasureInput> = fc.oneof(fc.constant(null), integers);
const names = ["", "__proto__", "1", "01", "ü", "\u{1f600}"];
const texts: fc.Arbitrary<MeasureInput> = fc.oneof(
  fc.constantFrom(null, true, false, ...names),
  fc.string({ unit: "binary", maxLength: 6 }),
  integers,
);

measureLaws("count", measureFor({ kind: "count" }), inputs);
measureLaws("sum", measureFor({ kind: "sum" }), inputs);
measureLaws("min", measureFor({ kind: "min" }), inputs);
measureLaws("max", measureFor({ kind: "max" }), inputs);
measureLaws("countDistinct, lgK 4", measureFor({ kind: "countDistinct", lgK: 4 }), texts);
measureLaws("countDistinct, lgK 8", measureFor({ kind: "countDistinct", lgK: 8 }), texts);
measureLaws("countDistinct, lgK 12", measureFor({ kind: "countDistinct", lgK: 12 }), texts);
measureLaws(
  "quantiles",
  measureFor({ kind: "quantiles", relativeError: 0.01, probabilities: [0.5, 0.999] }),
  inputs,
);

describe("measureFor", () => {
  it("refuses a spec that cannot be used, and says why", () => {
    expect(() => measureFor({ kind: "countDistinct", lgK: 22 })).toThrow(
      "lgK must be an integer from 4 to 21, not 22",
    );
  });
});
