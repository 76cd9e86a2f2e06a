import { describe, expect, it } from "vitest";
import { readHex } from "../fixtures/readHex.js";
import type { MeasureInput } from "../measure.js";
import { addAll } from "../measure.contract.js";
import { createCountDistinct } from "./countDistinct.js";
import { fromDataSketches } from "./dataSketches/fromDataSketches.js";
import { toDataSketches } from "./dataSketches/toDataSketches.js";

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
const texts = (count: number): string[] => range(count).map(String);

/** What went in, and what Spark's `hll_sketch_estimate` said. */
const cases: { name: string; lgK: number; inputs: MeasureInput[]; estimate: number }[] = [
  { name: "spark/hll_empty_lgk12", lgK: 12, inputs: [null, ""], estimate: 0 },
  { name: "spark/hll_abc_lgk12", lgK: 12, inputs: ["a", "b", "c", ""], estimate: 3 },
  { name: "spark/hll_100_lgk12", lgK: 12, inputs: texts(100), estimate: 100 },
  { name: "spark/hll_10000_lgk11", lgK: 11, inputs: texts(10_000), estimate: 9961 },
  { name: "spark/hll_default_10000", lgK: 12, inputs: texts(10_000), estimate: 10_047 },
  { name: "spark/hll_union_agg_lgk12", lgK: 12, inputs: texts(10_000), estimate: 10_086 },
  { name: "spark/hll_bigint_1_1000_lgk12", lgK: 12, inputs: range(1000), estimate: 996 },
  { name: "dataSketches/hll4_updatable_100_lgk12", lgK: 12, inputs: texts(100), estimate: 100 },
  { name: "dataSketches/hll4_updatable_1000_lgk7", lgK: 7, inputs: texts(1000), estimate: 1007 },
  { name: "dataSketches/hll4_updatable_20000_lgk12", lgK: 12, inputs: texts(20_000), estimate: 19_942 },
  { name: "dataSketches/hll4_compact_20000_lgk12", lgK: 12, inputs: texts(20_000), estimate: 19_942 },
  { name: "dataSketches/hll6_compact_1000_lgk10", lgK: 10, inputs: texts(1000), estimate: 993 },
  { name: "dataSketches/hll8_compact_0_lgk12", lgK: 12, inputs: [], estimate: 0 },
  { name: "dataSketches/hll8_compact_3_lgk12", lgK: 12, inputs: texts(3), estimate: 3 },
  { name: "dataSketches/hll8_compact_100_lgk12", lgK: 12, inputs: texts(100), estimate: 100 },
];

describe("countDistinct against Spark and DataSketches", () => {
  it.each(cases)(
    "has the registers of $name, and an estimate near its own",
    ({ name, lgK, inputs, estimate }) => {
      const measure = createCountDistinct({ kind: "countDistinct", lgK });
      const state = addAll(measure, inputs);
      expect(fromDataSketches(readHex(name))).toEqual({ lgK, registers: state });
      expect(Math.abs(measure.rank(state) - estimate)).toBeLessThanOrEqual(0.02 * estimate);
    },
  );

  it("writes the very bytes of Spark's union, and of its empty sketch", () => {
    const measure = createCountDistinct({ kind: "countDistinct", lgK: 12 });
    const union = toDataSketches(addAll(measure, texts(10_000)), 12);
    expect(union).toEqual(readHex("spark/hll_union_agg_lgk12"));
    expect(toDataSketches(measure.zero(), 12)).toEqual(readHex("spark/hll_empty_lgk12"));
  });
});
