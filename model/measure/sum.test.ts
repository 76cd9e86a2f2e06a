import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sumMeasure } from "./sum.js";
import { addAll } from "./measure.contract.js";

const MOST = Number.MAX_SAFE_INTEGER;

describe("sum", () => {
  it("is exact past 2^53, and shown as decimal text there", () => {
    fc.assert(
      fc.property(fc.array(fc.maxSafeInteger(), { maxLength: 50 }), (inputs) => {
        const exact = inputs.reduce((sum, input) => sum + BigInt(input), 0n);
        const shown = sumMeasure.present(addAll(sumMeasure, inputs));
        expect(`${shown as number | string}`).toBe(`${exact}`);
        expect(typeof shown).toBe(exact >= -BigInt(MOST) && exact <= BigInt(MOST) ? "number" : "string");
      }),
      { seed: 5, numRuns: 500 },
    );
  });

  it("comes back to a number when it is small again", () => {
    const large = sumMeasure.add(sumMeasure.add(0, MOST), 2);
    expect(large).toBe(BigInt(MOST) + 2n);
    expect(sumMeasure.add(large, -2)).toBe(MOST);
    expect(sumMeasure.add(0, -0)).toBe(0);
  });

  it("goes to the ends of 128 bits and refuses what lies beyond", () => {
    const most = 2n ** 127n - 1n;
    expect(sumMeasure.present(sumMeasure.merge(most - 1n, 1))).toBe(String(most));
    expect(sumMeasure.merge(-most, -1)).toBe(-(2n ** 127n));
    expect(() => sumMeasure.merge(most, 1)).toThrow("a sum past 128 bits");
    expect(() => sumMeasure.merge(-most, -2)).toThrow("a sum past 128 bits");
  });

  it("refuses what is no integer", () => {
    for (const input of [0.5, Number.NaN, MOST + 1, "1", true]) {
      expect(() => sumMeasure.add(0, input)).toThrow("sum takes integers");
    }
  });

  it("takes a column's number, bigint or null", () => {
    expect([7, 7n, 2n ** 60n, null].map((column) => sumMeasure.fromColumn(column))).toEqual([
      7,
      7,
      2n ** 60n,
      0,
    ]);
    expect(() => sumMeasure.fromColumn(1.5)).toThrow("not an exact integer");
  });
});
