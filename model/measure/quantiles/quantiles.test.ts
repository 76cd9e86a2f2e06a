import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addAll } from "../measure.contract.js";
import { createQuantiles } from "./quantiles.js";

const PROBABILITIES = [0, 0.01, 0.07, 0.1, 0.25, 0.5, 0.7, 0.9, 0.99, 0.999, 1];

/** Nearest rank, in exact arithmetic: the probabilities are thousandths. */
const exactQuantile = (values: readonly number[], probability: number): number => {
  const thousandths = Math.round(probability * 1000);
  const rank = Math.max(1, Math.ceil((thousandths * values.length) / 1000));
  return values.toSorted((a, b) => a - b)[rank - 1]!;
};

describe("quantiles", () => {
  it("are each within the stated error of the exact nearest rank", () => {
    const values = fc.array(fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -2000, max: 2000 })), {
      minLength: 1,
      maxLength: 400,
      size: "max",
    });
    for (const relativeError of [0.1, 0.01]) {
      const measure = createQuantiles({ kind: "quantiles", relativeError, probabilities: PROBABILITIES });
      fc.assert(
        fc.property(values, (inputs) => {
          const shown = measure.present(addAll(measure, inputs)) as Record<string, number>;
          for (const probability of PROBABILITIES) {
            const exact = exactQuantile(inputs, probability);
            const label = `p${Math.round(probability * 1000) / 10}`;
            expect(Math.abs(shown[label]! - exact)).toBeLessThanOrEqual(relativeError * Math.abs(exact));
          }
        }),
        { seed: 6, numRuns: 100 },
      );
    }
  });

  it("are named in percent, and null for no values", () => {
    const probabilities = [0.5, 0.9, 0.999, 1];
    const measure = createQuantiles({ kind: "quantiles", relativeError: 0.01, probabilities });
    expect(measure.present(measure.zero())).toEqual({ p50: null, p90: null, "p99.9": null, p100: null });
    const state = addAll(measure, [1, 2, 3, 4, 100]);
    expect(measure.present(state)).toEqual({ p50: 3, p90: 100, "p99.9": 100, p100: 100 });
    expect(measure.rank(state)).toBe(3);
    expect(measure.rank(measure.zero())).toBe(Number.NEGATIVE_INFINITY);
  });

  it("take a column's bins, and refuse what is out of order or of range", () => {
    const measure = createQuantiles({ kind: "quantiles", relativeError: 0.01, probabilities: [0.5] });
    const column = [
      { bin: -3, n: 2 },
      { bin: 0, n: 1 },
      { bin: 200, n: 1n },
    ];
    expect(measure.fromColumn(column)).toEqual([-3, 2, 0, 1, 200, 1]);
    expect(measure.fromColumn(null)).toEqual([]);
    const refused = [column.toReversed(), [{ bin: 1_000_000, n: 1 }], [{ bin: 1, n: 0 }], "bins"];
    for (const bins of refused) expect(() => measure.fromColumn(bins)).toThrow("stored quantiles");
  });
});
