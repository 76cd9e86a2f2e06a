import { describe, expect, it } from "vitest";
import type { MeasureSpec } from "./measure.js";
import { checkMeasureSpec } from "./measureSpec.js";

const quantiles = (overrides: {
  relativeError?: number;
  probabilities?: readonly number[];
}): MeasureSpec => ({
  kind: "quantiles",
  relativeError: 0.01,
  probabilities: [0.5, 0.99],
  ...overrides,
});

describe("checkMeasureSpec", () => {
  it.each<MeasureSpec>([
    { kind: "count" },
    { kind: "sum" },
    { kind: "min" },
    { kind: "max" },
    { kind: "countDistinct", lgK: 4 },
    { kind: "countDistinct", lgK: 21 },
    quantiles({}),
    quantiles({ relativeError: 0.5, probabilities: [0, 1] }),
  ])("takes %j", (spec) => {
    expect(checkMeasureSpec(spec)).toBeNull();
  });

  it.each<[MeasureSpec, string]>([
    [{ kind: "countDistinct", lgK: 3 }, "lgK must be an integer from 4 to 21, not 3"],
    [{ kind: "countDistinct", lgK: 11.5 }, "lgK must be an integer from 4 to 21, not 11.5"],
    [quantiles({ relativeError: 0 }), "relativeError must be from 0.0001220703125 to 0.5, not 0"],
    [quantiles({ relativeError: Number.NaN }), "relativeError must be from"],
    [quantiles({ probabilities: [] }), "from 1 to 32 probabilities, not 0"],
    [quantiles({ probabilities: [50] }), "a probability lies from 0 to 1, not 50"],
    [quantiles({ probabilities: [0.3, 0.1 + 0.2] }), "a probability is named twice"],
    [{ kind: "average" } as unknown as MeasureSpec, "no such measure: average"],
  ])("refuses %j", (spec, problem) => {
    expect(checkMeasureSpec(spec)).toContain(problem);
  });
});
