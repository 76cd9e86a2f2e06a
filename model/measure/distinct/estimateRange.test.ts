import { describe, expect, it } from "vitest";
import { COUPON_SLOT_BITS, couponOfInteger } from "../hash/coupon.js";
import { createCountDistinct } from "./countDistinct.js";
import { estimateDistinct } from "./estimate.js";
import { rankHistogram } from "./registers.js";

const SEEDS = [1, 2];
const LG_K = [4, 5, 6, 8, 10, 12, 14, 16, 18, 21];
/** Fewer registers have a longer tail of errors than the stated confidence speaks of. */
const LG_K_OF_SHORT_TAIL = 8;
const COUNTS = Array.from({ length: 22 }, (_, index) => Math.round(10 ** (index / 3)));

/** The relative error over the stated bound, by size, at each of `COUNTS` of one stream of integers. */
const errorsOf = (seed: number): readonly { lgK: number; count: number; error: number }[] => {
  const sizes = LG_K.map((lgK) => ({
    lgK,
    registers: new Uint8Array(1 << lgK),
    bound: createCountDistinct({ kind: "countDistinct", lgK }).errorBound!.bound,
  }));
  const coupons = new Uint32Array(1 << 16);
  const errors: { lgK: number; count: number; error: number }[] = [];
  let added = 0;
  for (const count of COUNTS) {
    while (added < count) {
      const run = Math.min(count - added, coupons.length);
      for (let index = 0; index < run; index++) {
        coupons[index] = couponOfInteger(seed * 1_000_000_007 + added + index);
      }
      for (const { registers } of sizes) raiseAll(registers, coupons, run);
      added += run;
    }
    for (const { lgK, registers, bound } of sizes) {
      const estimate = estimateDistinct(rankHistogram(registers, lgK));
      errors.push({ lgK, count, error: Math.abs(estimate / count - 1) / bound });
    }
  }
  return errors;
};

const raiseAll = (registers: Uint8Array, coupons: Uint32Array, count: number): void => {
  const mask = registers.length - 1;
  for (let index = 0; index < count; index++) {
    const coupon = coupons[index] as number;
    const slot = coupon & mask;
    const rank = coupon >>> COUPON_SLOT_BITS;
    if (rank > (registers[slot] as number)) registers[slot] = rank;
  }
};

describe("estimates of one to ten million distinct values", () => {
  it(`keep the stated bound with the stated confidence (seeds ${SEEDS.join(", ")})`, () => {
    const errors = SEEDS.flatMap(errorsOf);
    expect(errors.length).toBe(SEEDS.length * LG_K.length * COUNTS.length);
    expect(errors.at(-1)!.count).toBe(10_000_000);
    expect(errors.filter(({ error }) => error <= 1).length / errors.length).toBeGreaterThan(0.95);
    expect(errors.filter(({ lgK, error }) => lgK >= LG_K_OF_SHORT_TAIL && error > 2)).toEqual([]);
  });
});
