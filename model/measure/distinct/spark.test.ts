import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { MeasureInput } from "../measure.js";
import { createCountDistinct } from "./countDistinct.js";
import { isDense, toDense } from "./registers.js";

const LIST = 0;
const SET = 1;
const COUPONS_AT = [8, 12];
const REGISTERS_AT = 40;

/** The registers of a DataSketches HLL_8 sketch in updatable form: a list or set of coupons, or all of them. */
const sparkRegisters = (name: string): { lgK: number; registers: Uint8Array } => {
  const hex = readFileSync(new URL(`../fixtures/spark/${name}.sk.hex`, import.meta.url), "utf8").trim();
  const sketch = Buffer.from(hex, "hex");
  const lgK = sketch[3]!;
  const mode = sketch[7]! & 3;
  if (mode !== LIST && mode !== SET) {
    return { lgK, registers: new Uint8Array(sketch.subarray(REGISTERS_AT, REGISTERS_AT + (1 << lgK))) };
  }
  const registers = new Uint8Array(1 << lgK);
  for (let at = COUPONS_AT[mode]!; at < sketch.length; at += 4) {
    const coupon = sketch.readUInt32LE(at);
    const slot = coupon & (registers.length - 1);
    registers[slot] = Math.max(registers[slot]!, coupon >>> 26);
  }
  return { lgK, registers };
};

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
const texts = (count: number): string[] => range(count).map(String);

const cases: { name: string; inputs: MeasureInput[]; estimate: number }[] = [
  { name: "hll_empty_lgk12", inputs: [null, ""], estimate: 0 },
  { name: "hll_abc_lgk12", inputs: ["a", "b", "c", ""], estimate: 3 },
  { name: "hll_100_lgk12", inputs: texts(100), estimate: 100 },
  { name: "hll_10000_lgk11", inputs: texts(10_000), estimate: 9961 },
  { name: "hll_default_10000", inputs: texts(10_000), estimate: 10_047 },
  { name: "hll_bigint_1_1000_lgk12", inputs: range(1000), estimate: 996 },
];

describe("countDistinct against Spark", () => {
  it.each(cases)("has the registers of $name, and an estimate near Spark's", ({ name, inputs, estimate }) => {
    const { lgK, registers } = sparkRegisters(name);
    const measure = createCountDistinct({ kind: "countDistinct", lgK });
    let state = measure.zero();
    for (const input of inputs) state = measure.add(state, input);
    expect(isDense(state) ? state : toDense(state, lgK)).toEqual(registers);
    expect(Math.abs(measure.rank(state) - estimate)).toBeLessThanOrEqual(0.02 * estimate);
  });
});
