import { describe, expect, it } from "vitest";
import { maxMeasure } from "./max.js";
import { addAll } from "./measure.contract.js";
import { minMeasure } from "./min.js";

describe("min and max", () => {
  it("keep the least and the greatest, and null for none", () => {
    const inputs = [3, null, -7, Number.MAX_SAFE_INTEGER, 0];
    expect(addAll(minMeasure, inputs)).toBe(-7);
    expect(addAll(maxMeasure, inputs)).toBe(Number.MAX_SAFE_INTEGER);
    expect(minMeasure.present(minMeasure.add(minMeasure.zero(), null))).toBeNull();
  });

  it("never keep -0, which would have bytes of its own", () => {
    expect(minMeasure.add(null, -0)).toBe(0);
    expect(maxMeasure.add(null, -0)).toBe(0);
  });

  it("rank a group without a value below all others", () => {
    for (const measure of [minMeasure, maxMeasure]) expect(measure.rank(null)).toBeLessThan(measure.rank(-5));
  });

  it("take a column's number or null, and refuse the rest", () => {
    expect([5, 5n, null].map((column) => minMeasure.fromColumn(column))).toEqual([5, 5, null]);
    expect(() => maxMeasure.fromColumn(2n ** 60n)).toThrow("stored max: column 1152921504606846976");
  });
});
