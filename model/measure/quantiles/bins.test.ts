import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { binMax, binOf, binValue, subBitsFor } from "./bins.js";
import { quantileBinSql } from "./binSql.js";

const ERRORS = [0.5, 0.25, 0.05, 0.01, 0.001, 2 ** -13];

/** Around every power of two, and around the bins' own bounds between two powers. */
const magnitudes = Array.from({ length: 54 }, (_, power) =>
  [0, 1, 3, 5, 127].flatMap((part) =>
    [-1, 0, 1].map((step) => 2 ** power + (part * 2 ** power) / 128 + step),
  ),
)
  .flat()
  .filter((value) => Number.isSafeInteger(value) && value >= 0);
const boundaries = [...new Set([Number.MAX_SAFE_INTEGER, ...magnitudes])].flatMap((value) => [
  value,
  0 - value,
]);

const binsBySql = async (values: readonly number[], relativeError: number): Promise<(number | null)[]> => {
  const bin = quantileBinSql("v", { kind: "quantiles", relativeError, probabilities: [0.5] });
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const list = values.map((value, index) => `(${index}, ${value})`).join();
  const rows = await connection.runAndReadAll(
    `SELECT ${bin} FROM (VALUES ${list}, (${values.length}, NULL)) t(i, v) ORDER BY i`,
  );
  connection.closeSync();
  instance.closeSync();
  return rows.getRows().map(([value]) => value as number | null);
};

describe("bins", () => {
  it("keeps the stated relative error for every safe integer, and is exact for small ones", () => {
    for (const relativeError of ERRORS) {
      const subBits = subBitsFor(relativeError);
      fc.assert(
        fc.property(fc.oneof(fc.maxSafeInteger(), fc.integer(), fc.constantFrom(...boundaries)), (value) => {
          const shown = binValue(binOf(value, subBits), subBits);
          expect(Math.abs(shown - value)).toBeLessThanOrEqual(relativeError * Math.abs(value));
          if (Math.abs(value) < 2 ** (subBits + 1)) expect(shown).toBe(value);
        }),
        { seed: 3, numRuns: 500 },
      );
    }
  });

  it("mirrors negative values, and keeps zero to itself", () => {
    expect(binOf(0, 6)).toBe(0);
    expect(binOf(-0, 6)).toBe(0);
    for (const value of boundaries) expect(binOf(0 - value, 6)).toBe(0 - binOf(value, 6));
  });

  it("never falls as values rise, and shows each bin by a value of its own", () => {
    const ascending = boundaries.toSorted((a, b) => a - b);
    for (const relativeError of ERRORS) {
      const subBits = subBitsFor(relativeError);
      const bins = ascending.map((value) => binOf(value, subBits));
      expect(bins).toEqual(bins.toSorted((a, b) => a - b));
      for (const bin of bins) expect(binOf(binValue(bin, subBits), subBits)).toBe(bin);
      expect(binMax(subBits)).toBe(bins.at(-1));
    }
  });
});

describe("quantileBinSql", () => {
  it("is the text that engines are given", () => {
    expect(quantileBinSql("dwell_ms", { kind: "quantiles", relativeError: 0.1, probabilities: [0.5] })).toBe(
      "CASE WHEN abs(CAST(dwell_ms AS BIGINT)) < 16 THEN CAST(dwell_ms AS BIGINT) " +
        "ELSE sign(CAST(dwell_ms AS BIGINT)) * ((length(bin(abs(CAST(dwell_ms AS BIGINT)))) - 4) * 8 + " +
        "(abs(CAST(dwell_ms AS BIGINT)) >> (length(bin(abs(CAST(dwell_ms AS BIGINT)))) - 4))) END::INTEGER",
    );
  });

  it.each(ERRORS)("gives DuckDB the same bins, relative error %f", async (relativeError) => {
    const subBits = subBitsFor(relativeError);
    const random = fc.sample(fc.oneof(fc.maxSafeInteger(), fc.integer()), { seed: 4, numRuns: 1000 });
    const values = [...boundaries, ...random];
    expect(values.length).toBeGreaterThan(2000);
    expect(await binsBySql(values, relativeError)).toEqual([...values.map((v) => binOf(v, subBits)), null]);
  });
});
