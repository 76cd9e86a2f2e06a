import { describe, expect, it } from "vitest";
import { columnValue } from "./columnValue.js";
import { measureFor } from "./measureFor.js";
import type { MeasureInput, MeasureSpec } from "./measure.js";

const SPECS: readonly MeasureSpec[] = [
  { kind: "count" },
  { kind: "sum" },
  { kind: "min" },
  { kind: "max" },
  { kind: "countDistinct", lgK: 4 },
  { kind: "countDistinct", lgK: 12 },
  { kind: "quantiles", relativeError: 0.01, probabilities: [0.5] },
];

const pairs = (flat: readonly number[]): { bin: number; n: number }[] =>
  Array.from({ length: flat.length / 2 }, (_, index) => ({
    bin: flat[2 * index] as number,
    n: flat[2 * index + 1] as number,
  }));

describe("columnValue", () => {
  it.each(SPECS)("gives what fromColumn takes: $kind", (spec) => {
    const measure = measureFor(spec);
    for (const size of [0, 1, 10, 5_000]) {
      let state = measure.zero();
      for (let index = 0; index < size; index++) {
        const input: MeasureInput = spec.kind === "countDistinct" ? `user ${index}` : index * 7 - 20;
        state = measure.add(state, input);
      }
      const value = columnValue(spec, state);
      const column = spec.kind === "quantiles" ? pairs(value as readonly number[]) : value;
      expect(measure.fromColumn(column)).toEqual(state);
    }
  });
});
