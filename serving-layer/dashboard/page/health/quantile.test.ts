import { expect, it } from "vitest";
import { p99 } from "./quantile.js";

it("the 99th percentile is the least value that at most a hundredth exceed", () => {
  expect(p99([])).toBeNull();
  expect(p99([7])).toBe(7);
  expect(p99(Array.from({ length: 100 }, (_, index) => 99 - index))).toBe(98);
  expect(p99(Array.from({ length: 99 }, (_, index) => index))).toBe(98);
});
