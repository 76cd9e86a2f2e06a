import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { temporaryDirectory } from "../../testing/temporaryDirectory.js";
import { openDuckDb } from "../duckdb/duckDb.js";
import { doubleColumn, int32Column, type NumberColumn, runColumn, textColumn } from "./columns.js";
import { createPlainParquet } from "./plainParquet.js";

interface Row {
  readonly a: number | null;
  readonly b: number | null;
  readonly c: string | null;
  readonly d: string | null;
  readonly e: string | null;
}

const row = fc.record({
  a: fc.option(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
  b: fc.option(fc.maxSafeInteger()),
  c: fc.option(fc.oneof(fc.string({ unit: "grapheme" }), fc.constantFrom("", "__proto__", "x".repeat(900)))),
  d: fc.option(fc.string({ unit: "binary-ascii", maxLength: 9 })),
  e: fc.option(fc.constantFrom("", "one", "другой", "x".repeat(70)), { freq: 3 }),
});

const addNumber = (column: NumberColumn, value: number | null): void =>
  value === null ? column.addNull() : column.add(value);

/** Writes row groups, the texts in all the ways there are. */
const write = async (file: string, groups: readonly (readonly Row[])[]): Promise<void> => {
  const columns = { a: int32Column(), b: doubleColumn(), c: textColumn(), d: textColumn(), e: runColumn() };
  const parquet = await createPlainParquet(file, [
    { name: "a", kind: "int32", column: columns.a },
    { name: "b", kind: "double", column: columns.b },
    { name: "c", kind: "text", column: columns.c },
    { name: "d", kind: "text", column: columns.d },
    { name: "e", kind: "text", column: columns.e },
  ]);
  for (const rows of groups) {
    const codes = new Map<string, number>();
    for (const { a, b, c, d, e } of rows) {
      addNumber(columns.a, a);
      addNumber(columns.b, b);
      if (c === null) columns.c.addNull();
      else columns.c.add(c);
      const bytes = Buffer.from(`<${d ?? ""}>`);
      if (d === null) columns.d.addNull();
      else if (d === "") columns.d.addBytes(bytes, 1, 1);
      else columns.d.addBytesAnd(bytes, 1, bytes.length - 2, bytes[bytes.length - 2] as number);
      if (e === null) columns.e.addNull();
      else {
        const code = codes.get(e) ?? columns.e.define(e);
        if (e !== "one") codes.set(e, code); // that one is defined each time
        columns.e.add(code);
      }
    }
    await parquet.writeRowGroup();
  }
  await parquet.finish();
  expect(parquet.rows).toBe(groups.flat().length);
};

describe("a plain Parquet file", () => {
  it("holds what was written, as DuckDB reads it: any rows, absent ones too, in any row groups", async () => {
    const dir = await temporaryDirectory();
    const db = await openDuckDb({ memoryMb: 200, threads: 2, tempDir: dir });
    onTestFinished(() => db.close());
    let files = 0;
    let absent = 0;
    let most = 0;
    const groups = fc.array(fc.array(row, { minLength: 0, maxLength: 40 }), { minLength: 1, maxLength: 5 });
    const large = fc.array(row, { minLength: 2, maxLength: 2, size: "max" }).map(([one, other]) => {
      return [Array.from({ length: 20_000 }, (_, index) => (index % 3 === 0 ? one : other) as Row)];
    });
    await fc.assert(
      fc.asyncProperty(
        fc.oneof({ weight: 9, arbitrary: groups }, { weight: 1, arbitrary: large }),
        async (given) => {
          const file = join(dir, `${files++}.parquet`);
          await write(file, given);
          const rows = given.flat();
          expect(await db.rows(`SELECT * FROM read_parquet('${file}')`)).toEqual(rows);
          absent += rows.filter(({ c }) => c === null).length;
          most = Math.max(most, rows.length);
        },
      ),
      { seed: 31, numRuns: 60 },
    );
    expect(absent).toBeGreaterThan(500);
    expect(most).toBe(20_000);
  });

  it("is not written over one that is there, nor with columns of different lengths", async () => {
    const file = join(await temporaryDirectory(), "a.parquet");
    await write(file, [[]]);
    await expect(write(file, [[]])).rejects.toThrow(/EEXIST/);
    const [a, b] = [int32Column(), doubleColumn()];
    const parquet = await createPlainParquet(`${file}2`, [
      { name: "a", kind: "int32", column: a },
      { name: "b", kind: "double", column: b },
    ]);
    a.add(1);
    await expect(parquet.writeRowGroup()).rejects.toThrow("column b has 0 rows, not 1");
    await parquet.abandon();
  });
});
