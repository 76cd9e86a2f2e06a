import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { temporaryDirectory } from "../../testing/temporaryDirectory.js";
import { type DuckDb, openDuckDb } from "./duckDb.js";

const open = async (): Promise<DuckDb> => {
  const db = await openDuckDb({ memoryMb: 300, threads: 2, tempDir: await temporaryDirectory() });
  onTestFinished(() => db.close());
  return db;
};

/** Around the 12 bytes that lie in the vector, one byte a character and more, and texts of more than a page. */
const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 }),
  fc.integer({ min: 0, max: 10_000 }).map((length) => "x".repeat(length)),
  fc.constantFrom("\ufeffmarked", "\ufeff", "", "\0 and more than twelve \0", "the same text again"),
);

describe("columns of texts", () => {
  it("are what was put in, whatever lies between them", async () => {
    const db = await open();
    await db.run("CREATE TABLE texts (n INTEGER, body VARCHAR)");
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.option(text, { freq: 6 }), { minLength: 1, maxLength: 300, size: "max" }),
        fc.constantFrom("true", "n % 3 = 0", "hash(n) % 5 < 2"),
        fc.constantFrom("n", "hash(n), n", "length(body) DESC, n"),
        async (bodies, where, order) => {
          await db.run("TRUNCATE texts");
          await db.insertRows("texts", ["n", "body"], [...bodies.entries()]);
          const rows = await db.rows<{
            n: number;
            body: string | null;
            again: string;
            all: (string | null)[];
          }>(
            `SELECT n, body, concat(body, body) AS again, [body, NULL, body] AS all FROM texts WHERE ${where} ORDER BY ${order}`,
          );
          for (const { n, body, again, all } of rows) {
            const expected = bodies[n] ?? null;
            expect(body).toBe(expected);
            expect(again).toBe(`${expected ?? ""}${expected ?? ""}`);
            expect(all).toEqual([expected, null, expected]);
          }
          compared += rows.length;
        },
      ),
      { numRuns: 60 },
    );
    expect(compared).toBeGreaterThan(1_000);
  });

  it("are read of Parquet's dictionaries and over many chunks", async () => {
    const db = await open();
    const path = `${await temporaryDirectory()}/texts.parquet`;
    const select = `SELECT n, 'one of a few long texts ' || n % 7 AS few, repeat('long ', n % 50) || n AS many FROM range(20000) t(n)`;
    await db.run(`COPY (${select}) TO '${path}' (FORMAT parquet)`);
    let rows = 0;
    for await (const chunk of db.stream(`SELECT * FROM read_parquet('${path}') WHERE n % 2 = 0 ORDER BY n`)) {
      const few = chunk.values(1);
      const many = chunk.values(2);
      for (let row = 0; row < chunk.rowCount; row++) {
        const n = 2 * rows++;
        expect(few[row]).toBe(`one of a few long texts ${n % 7}`);
        expect(many[row]).toBe("long ".repeat(n % 50) + n);
      }
    }
    expect(rows).toBe(10_000);
  });
});
