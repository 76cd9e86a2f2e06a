import { describe, expect, it } from "vitest";
import { growthOf } from "./growth.js";

const series = (of: (second: number) => number): readonly number[] =>
  Array.from({ length: 300 }, (_, second) => of(second));

describe("growth", () => {
  it("is none where memory rises at first and then stays, whatever it swings", () => {
    expect(
      Math.abs(growthOf(series((second) => Math.min(500, second * 10) + (second % 2) * 40))),
    ).toBeLessThan(0.05);
  });

  it("is what a leak adds", () => {
    expect(growthOf(series((second) => 300 + second))).toBeGreaterThan(0.2);
  });

  it("is none where nothing was sampled", () => {
    expect(growthOf([])).toBe(0);
    expect(growthOf([1, 2])).toBe(0);
  });
});
