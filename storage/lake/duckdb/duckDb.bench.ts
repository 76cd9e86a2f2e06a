import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DuckDb, openDuckDb } from "./duckDb.js";

/* Rows and columns in and out of DuckDB, against DuckDB making the same rows itself. */

const ROWS = 500_000;
const INSERTS_PER_S_MIN = 500_000;
const VALUES_PER_S_MIN = 2_000_000;

const seconds = async (work: () => Promise<void>): Promise<number> => {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
};

const report = (result: Readonly<Record<string, unknown>>): void => console.log(JSON.stringify(result));

const streamed = async (db: DuckDb, sql: string, numbers: boolean): Promise<number> => {
  let rows = 0;
  for await (const chunk of db.stream(sql)) {
    rows += numbers ? chunk.numbers(0).length : chunk.values(0).length;
  }
  return rows;
};

const dir = mkdtempSync(join(tmpdir(), "freshet-bench-"));
const db = await openDuckDb({ memoryMb: 1000, threads: 2, tempDir: dir });
const rows = Array.from({ length: ROWS }, (_, index) => [index, `text ${index}`, index / 2]);
await db.run(
  "CREATE TABLE byRow (a BIGINT, b VARCHAR, c DOUBLE); CREATE TABLE byColumn (a BIGINT, d UINTEGER[])",
);
const own = await seconds(() =>
  db.run(
    `CREATE TABLE own AS SELECT range::BIGINT AS a, 'text ' || range AS b, range / 2 AS c FROM range(${ROWS})`,
  ),
);
const byRow = await seconds(() => db.insertRows("byRow", ["a", "b", "c"], rows));
const numbers = Float64Array.from({ length: ROWS }, (_, index) => index);
const lists = Array.from({ length: ROWS }, (_, index) => [index, index + 1]);
const byColumn = await seconds(() => db.insertColumns("byColumn", { a: numbers, d: lists }));
report({
  name: "duckdb: insert rows of 3",
  value: ROWS / byRow,
  unit: "rows/s",
  min: INSERTS_PER_S_MIN,
});
report({
  name: "duckdb: insert columns, one of lists",
  value: ROWS / byColumn,
  unit: "rows/s",
  min: INSERTS_PER_S_MIN,
});
report({
  name: "duckdb: insert rows against its own making",
  value: byRow * 1000,
  unit: "ms",
  ratio: byRow / own,
  against: "CREATE TABLE AS",
  max: 100,
});
for (const [name, sql, asNumbers] of [
  ["numbers", "SELECT a FROM byRow", true],
  ["text", "SELECT b FROM byRow", false],
  ["lists", "SELECT d FROM byColumn", false],
] as const) {
  let count = 0;
  const time = await seconds(async () => {
    count = await streamed(db, sql, asNumbers);
  });
  report({ name: `duckdb: stream ${name}`, value: count / time, unit: "values/s", min: VALUES_PER_S_MIN });
}
await db.close();
rmSync(dir, { recursive: true });
