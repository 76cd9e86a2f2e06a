import { readdir } from "node:fs/promises";
import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { temporaryDirectory } from "../../testing/temporaryDirectory.js";
import { type DuckDb, openDuckDb } from "./duckDb.js";

const open = async (memoryMb = 300): Promise<DuckDb> => {
  const db = await openDuckDb({ memoryMb, threads: 2, tempDir: await temporaryDirectory() });
  onTestFinished(() => db.close());
  return db;
};

const one = async (db: DuckDb, expression: string): Promise<unknown> =>
  (await db.rows<{ v: unknown }>(`SELECT ${expression} AS v`))[0]?.v;

describe("DuckDB's connection", () => {
  it("gives plain JavaScript values", async () => {
    const db = await open();
    const cases: readonly (readonly [string, unknown])[] = [
      ["1::INTEGER", 1],
      ["-5::BIGINT", -5],
      ["9007199254740991::BIGINT", Number.MAX_SAFE_INTEGER],
      ["9007199254740993::BIGINT", 9007199254740993n],
      ["(-9007199254740993)::BIGINT", -9007199254740993n],
      ["(SELECT sum(x::BIGINT) FROM range(3) t(x))", 3],
      ["170141183460469231731687303715884105727::HUGEINT", 2n ** 127n - 1n],
      ["4294967295::UINTEGER", 4294967295],
      ["1.5::DOUBLE", 1.5],
      ["1.25::DECIMAL(9,2)", 1.25],
      ["12::DECIMAL(38,0)", 12],
      ["NULL", null],
      ["true", true],
      ["'ключ 🙂'", "ключ 🙂"],
      ["'__proto__'", "__proto__"],
      ["[1, NULL, 3]::BIGINT[]", [1, null, 3]],
      ["[]::UINTEGER[]", []],
      ["NULL::UINTEGER[]", null],
      ["[[1], [2, 3]]", [[1], [2, 3]]],
      ["{'bin': 1, 'n': 9007199254740993::BIGINT}", { bin: 1, n: 9007199254740993n }],
      ["[{'bin': 1, 'n': 2::BIGINT}, NULL]", [{ bin: 1, n: 2 }, null]],
      ["MAP {'a': 1}", [{ key: "a", value: 1 }]],
      ["TIMESTAMP '2024-01-01 00:00:00.123'", 1704067200123],
      ["TIMESTAMPTZ '2024-01-01 01:00:00+01'", 1704067200000],
      ["TIMESTAMP_MS '2024-01-01 00:00:00.123'", 1704067200123],
      ["DATE '2024-02-29'", "2024-02-29"],
    ];
    for (const [expression, value] of cases) expect(await one(db, expression), expression).toEqual(value);
    const blob = await one(db, "'\\xFF\\x00'::BLOB");
    expect([...(blob as Uint8Array)]).toEqual([255, 0]);
  });

  it("binds parameters of every plain kind", async () => {
    const db = await open();
    const parameters = [
      1,
      -(2 ** 40),
      2 ** 53 - 1,
      1.5,
      2n ** 100n,
      'it\'s "quoted" -- 🙂',
      true,
      null,
      Uint8Array.of(0, 255),
      [1, 2],
    ];
    const [row] = await db.rows<Record<string, unknown>>(
      `SELECT ${parameters.map((_, index) => `? AS p${index}`).join(", ")}`,
      parameters,
    );
    const values = Object.values(row ?? {});
    expect(values.map((value) => (value instanceof Uint8Array ? new Uint8Array(value) : value))).toEqual(
      parameters,
    );
    await db.run("CREATE TABLE t (a BIGINT)");
    await db.run("INSERT INTO t VALUES (?)", [7]);
    expect(await db.rows("SELECT a FROM t WHERE a = ?", [7])).toEqual([{ a: 7 }]);
  });

  it("computes in UTC, and knows time zones without fetching anything", async () => {
    const db = await open();
    expect(await one(db, "current_setting('TimeZone')")).toBe("UTC");
    expect(await one(db, "hour(timezone('Europe/Berlin', TIMESTAMPTZ '2024-07-01 12:00:00+00'))")).toBe(14);
    expect(await one(db, "current_setting('autoinstall_known_extensions')")).toBe(false);
    await expect(db.run("LOAD httpfs")).rejects.toThrow(/httpfs/);
  });

  it("streams columns by chunk: the same values as rows, nulls and lists included", async () => {
    const db = await open();
    await db.run(
      "CREATE TABLE t AS SELECT range AS a, CASE WHEN range % 3 = 0 THEN NULL ELSE range * 2.5 END AS b, 'text ' || range AS c, CASE WHEN range % 5 = 0 THEN NULL ELSE [range, range + 1]::UINTEGER[] END AS d FROM range(10000)",
    );
    const rows = await db.rows<{ a: number; b: number | null; c: string; d: number[] | null }>(
      "SELECT * FROM t ORDER BY a",
    );
    const columns: [number[], number[], unknown[], unknown[]] = [[], [], [], []];
    let chunks = 0;
    for await (const chunk of db.stream("SELECT * FROM t ORDER BY a")) {
      expect(chunk.names).toEqual(["a", "b", "c", "d"]);
      columns[0].push(...chunk.numbers(0));
      columns[1].push(...chunk.numbers(1));
      columns[2].push(...chunk.values(2));
      columns[3].push(...chunk.values(3));
      expect(() => chunk.numbers(2)).toThrow(/no numbers/);
      chunks += 1;
    }
    expect(chunks).toBeGreaterThan(3);
    expect(columns[0]).toEqual(rows.map((row) => row.a));
    expect(columns[1]).toEqual(rows.map((row) => row.b ?? Number.NaN));
    expect(columns[2]).toEqual(rows.map((row) => row.c));
    expect(columns[3]).toEqual(rows.map((row) => row.d));
  });

  it("reads lists of lists and of structs, with nulls at every depth, as rows do", async () => {
    const db = await open();
    await db.run(
      `CREATE TABLE nested AS SELECT
         CASE WHEN range % 7 = 0 THEN NULL ELSE list_transform(range(range % 4), lambda x: CASE WHEN (x + range) % 3 = 0 THEN NULL ELSE [x, NULL, range] END) END AS lists,
         CASE WHEN range % 5 = 0 THEN NULL ELSE [{bin: range::INTEGER, n: CASE WHEN range % 2 = 0 THEN NULL ELSE range END}, NULL] END AS structs
       FROM range(5000)`,
    );
    const wanted = (range: number) => ({
      lists:
        range % 7 === 0
          ? null
          : Array.from({ length: range % 4 }, (_, x) => ((x + range) % 3 === 0 ? null : [x, null, range])),
      structs: range % 5 === 0 ? null : [{ bin: range, n: range % 2 === 0 ? null : range }, null],
    });
    expect(await db.rows("SELECT * FROM nested")).toEqual(Array.from({ length: 5_000 }, (_, n) => wanted(n)));
  });

  it("frees the connection when a stream is left early, and refuses other work on it meanwhile", async () => {
    const db = await open();
    for await (const chunk of db.stream("SELECT * FROM range(1000000)")) {
      expect(chunk.rowCount).toBeGreaterThan(0);
      await expect(db.rows("SELECT 1")).rejects.toThrow(/stream is open/);
      break;
    }
    expect(await one(db, "1")).toBe(1);
    await expect(async () => {
      for await (const _ of db.stream("SELECT nothing")) continue;
    }).rejects.toThrow(/nothing/);
    expect(await one(db, "1")).toBe(1);
  });

  it("inserts rows and columns as they are, whatever their order, with NULL for what is not named", async () => {
    const db = await open();
    const kinds = "a BIGINT, b VARCHAR, c DOUBLE, d UINTEGER[], e BOOLEAN, f HUGEINT, g BLOB, h INTEGER";
    const value = fc.record(
      {
        h: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
        b: fc.oneof(fc.string({ unit: "grapheme" }), fc.constantFrom("", "__proto__", "42")),
        a: fc.maxSafeInteger(),
        c: fc.double({ noNaN: true }),
        d: fc.array(fc.nat(), { maxLength: 5 }),
        e: fc.boolean(),
        f: fc
          .bigInt({ min: -(2n ** 127n), max: 2n ** 127n - 1n })
          .filter((big) => big > 2n ** 53n || big < -(2n ** 53n)),
        g: fc.uint8Array({ maxLength: 20 }),
      },
      { requiredKeys: [] },
    );
    let inserted = 0;
    let nulls = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(value, { minLength: 15, maxLength: 60 }), async (values) => {
        const names = ["h", "b", "a", "c", "d", "e", "f", "g"] as const;
        const cell = (row: (typeof values)[number], name: (typeof names)[number]): unknown =>
          row[name] ?? null;
        await db.run(
          `CREATE OR REPLACE TABLE byRow (n INTEGER, ${kinds}); CREATE OR REPLACE TABLE byColumn (n INTEGER, ${kinds})`,
        );
        await db.insertRows(
          "byRow",
          ["n", ...names],
          values.map((row, index) => [index, ...names.map((name) => cell(row, name))]),
        );
        await db.insertColumns("byColumn", {
          ...Object.fromEntries(names.map((name) => [name, values.map((row) => cell(row, name))])),
          n: Int32Array.from(values.keys()),
        });
        for (const table of ["byRow", "byColumn"]) {
          const read = await db.rows<Record<string, unknown>>(`SELECT * FROM ${table} ORDER BY n`);
          const expected = values.map((row, index) => ({
            n: index,
            ...Object.fromEntries(names.map((name) => [name, cell(row, name)])),
          }));
          const comparable = (rows: readonly Record<string, unknown>[]) =>
            rows.map((row) => ({
              ...row,
              g: row.g instanceof Uint8Array ? [...row.g] : row.g,
              c: row.c === 0 ? 0 : row.c,
            }));
          expect(comparable(read)).toEqual(comparable(expected));
        }
        inserted += values.length;
        nulls += values.filter((row) => row.b === undefined).length;
      }),
      { seed: 1618, numRuns: 15 },
    );
    expect(inserted).toBeGreaterThan(150);
    expect(nulls).toBeGreaterThan(20);
    await expect(db.insertRows("byRow", ["nope"], [[1]])).rejects.toThrow(/no column nope/);
    await expect(db.insertColumns("byRow", { a: [1], b: [] })).rejects.toThrow(/length/);
  });

  it("inserts more rows than a chunk holds, in order", async () => {
    const db = await open();
    await db.run("CREATE TABLE t (a BIGINT, b VARCHAR)");
    const COUNT = 50_000;
    await db.insertColumns("t", { a: Float64Array.from({ length: COUNT }, (_, index) => index) });
    await db.insertRows(
      "t",
      ["b", "a"],
      Array.from({ length: COUNT }, (_, index) => [`${index}`, COUNT + index]),
    );
    expect(
      await db.rows("SELECT count(*) AS n, count(b) AS b, sum(a) AS s, count(DISTINCT a) AS d FROM t"),
    ).toEqual([{ n: 2 * COUNT, b: COUNT, s: COUNT * (2 * COUNT - 1), d: 2 * COUNT }]);
  });

  it("works on several connections at once, each with its own temporary tables", async () => {
    const db = await open();
    const other = await db.connect();
    await db.run("CREATE TABLE shared AS SELECT 1 AS a; CREATE TEMP TABLE own AS SELECT 2 AS a");
    expect(await other.rows("SELECT a FROM shared")).toEqual([{ a: 1 }]);
    await expect(other.rows("SELECT a FROM own")).rejects.toThrow(/own/);
    const stream = db.stream("SELECT * FROM range(100000)");
    await stream.next();
    expect(await other.rows("SELECT count(*) AS n FROM range(10)")).toEqual([{ n: 10 }]);
    await stream.return?.();
    const many = await Promise.all(
      Array.from({ length: 20 }, (_, index) => db.rows("SELECT ? AS a", [index])),
    );
    expect(many).toEqual(Array.from({ length: 20 }, (_, a) => [{ a }]));
    await other.close();
    expect(await db.rows("SELECT a FROM own")).toEqual([{ a: 2 }]);
  });

  it("is interrupted, says so, and goes on", async () => {
    const db = await open();
    const endless = db.rows("SELECT count(*) FROM range(100000000000) a, range(1000) b");
    const timer = setInterval(() => db.interrupt(), 50);
    await expect(endless).rejects.toThrow(/Interrupted/);
    clearInterval(timer);
    expect(await one(db, "1")).toBe(1);
  });

  it("names the statement that failed, and leaves nothing behind when it closes", async () => {
    const dir = await temporaryDirectory();
    const db = await openDuckDb({ memoryMb: 100, threads: 1, tempDir: dir });
    await expect(db.rows("SELEC 1")).rejects.toThrow(/in: SELEC 1/);
    await db.run("CREATE TABLE big AS SELECT range AS a, md5(range::VARCHAR) AS b FROM range(600000)");
    expect(await db.rows("SELECT count(DISTINCT b) AS n FROM big")).toEqual([{ n: 600000 }]);
    expect(await readdir(dir)).toHaveLength(1);
    await db.close();
    await db.close();
    expect(await readdir(dir)).toEqual([]);
    await expect(db.rows("SELECT 1")).rejects.toThrow(/closed/);
  });
});
