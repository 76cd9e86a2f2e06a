import { DuckDBInstance } from "@duckdb/node-api";
import { describe, expect, it } from "vitest";
import { couponOf } from "../hash/coupon.js";
import type { MeasureInput } from "../measure.js";
import { addAll } from "../measure.contract.js";
import { createCountDistinct } from "./countDistinct.js";
import { isDense, sparseEntriesMax } from "./registers.js";

const values = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `user ${index % 5000} é`);

describe("countDistinct", () => {
  it("ignores null and the empty string, and tells an integer from its text", () => {
    const measure = createCountDistinct({ kind: "countDistinct", lgK: 12 });
    const inputs: MeasureInput[] = [null, "", 1, "1", -1, "-1", 1, "1", true];
    expect(measure.present(addAll(measure, inputs))).toBe(4);
  });

  it("counts a boolean as the integer 1 or 0, and 0 and -0 as one", () => {
    expect(couponOf(true)).toBe(couponOf(1));
    expect(couponOf(false)).toBe(couponOf(-0));
    expect(couponOf(Number.MIN_SAFE_INTEGER)).not.toBe(couponOf(Number.MAX_SAFE_INTEGER));
    expect(() => couponOf(0.5)).toThrow("countDistinct takes integers and text, not 0.5");
  });

  it("states two standard errors and the bias of few registers", () => {
    const { errorBound } = createCountDistinct({ kind: "countDistinct", lgK: 12 });
    expect(errorBound).toEqual({ kind: "relative", bound: 2.08 / 64 + 2 / 4096, confidence: 0.95 });
  });

  it.each([4, 9, 12, 14])(
    "has the registers that DuckDB gets as the greatest rank of each slot, lgK %i",
    async (lgK) => {
      const measure = createCountDistinct({ kind: "countDistinct", lgK });
      const instance = await DuckDBInstance.create(":memory:");
      const connection = await instance.connect();
      let met = 0;
      for (const count of [0, 1, 20, 300, 20_000]) {
        const coupons = values(count).map(couponOf);
        await connection.run("CREATE OR REPLACE TABLE side (coupon UINTEGER)");
        const appender = await connection.createAppender("side");
        for (const coupon of coupons) {
          appender.appendUInteger(coupon);
          appender.endRow();
        }
        appender.closeSync();
        const rows = await connection.runAndReadAll(`
        SELECT list((rank << 26 | slot)::UINTEGER ORDER BY slot) FROM (
          SELECT (coupon & ${(1 << lgK) - 1})::BIGINT AS slot, max(coupon >> 26)::BIGINT AS rank FROM side GROUP BY slot)`);
        const column = rows.getRowsJS()[0]![0];
        const added = addAll(measure, values(count));
        expect(measure.fromColumn(column)).toEqual(added);
        met += isDense(added) ? 1 : 0;
      }
      expect(met).toBeGreaterThan(0);
      connection.closeSync();
      instance.closeSync();
    },
  );

  it("refuses a column that no registers can give", () => {
    const measure = createCountDistinct({ kind: "countDistinct", lgK: 4 });
    const one = 1 << 26;
    const refused = [[one + 16], [one + 3, one + 2], [one + 3, one + 3], [3], [-1], [null], "registers"];
    for (const column of refused) expect(() => measure.fromColumn(column)).toThrow("stored countDistinct");
    expect(measure.fromColumn([one + 2, one + 3])).toEqual([(2 << 6) | 1, (3 << 6) | 1]);
  });

  it("is sparse or dense by how many registers are raised, alone", () => {
    const lgK = 10;
    const measure = createCountDistinct({ kind: "countDistinct", lgK });
    let added = measure.zero();
    let merged = measure.zero();
    let changes = 0;
    for (let index = 0; index < 300; index++) {
      const before = isDense(added);
      added = measure.add(added, index);
      merged = measure.merge(measure.add(measure.zero(), index), merged);
      expect(merged).toEqual(added);
      if (!isDense(added)) expect(added.length).toBeLessThanOrEqual(sparseEntriesMax(lgK));
      changes += before === isDense(added) ? 0 : 1;
    }
    expect(changes).toBe(1);
  });
});
