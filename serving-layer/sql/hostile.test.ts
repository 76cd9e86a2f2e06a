import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Fastify, { type FastifyInstance } from "fastify";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { apiPlugin } from "../api/plugin.js";
import { openSqlDesk } from "../testing/sqlWorld.js";
import { aVisit, visitsApp } from "../testing/visits.js";
import { openWorld, type World } from "../testing/world.js";

/* Whatever is asked: a bounded answer or a problem that says why not; no file but the generation's is read, none is written. */

const T0 = Date.UTC(2026, 10, 21, 10, 0);
const SECRET = "a secret that stands in a file and in the environment";
const LIMITS = { secondsMax: 4, memoryMb: 128, processMb: 512, spillMb: 64, answerBytesMax: 4 * 1024 * 1024 };
/** Over the time limit: starting a process anew, on a busy machine. */
const ANSWERED_WITHIN_MS = 40_000;

interface Attacked {
  readonly world: World;
  readonly server: FastifyInstance;
  readonly secretFile: string;
  readonly generationFile: string;
}

const attacked = async (limits = LIMITS): Promise<Attacked> => {
  const world = await openWorld(1);
  const [a] = world.shards as [(typeof world.shards)[0]];
  await world.publish(visitsApp);
  await world.segment(a, T0 / 1000, [aVisit(T0, "x", 5)]);
  const manifest = await world.generation({ [a]: T0 / 1000 });
  await world.segment(a, T0 / 1000 + 2, [aVisit(T0, "y", 7)]);
  world.nowMs = T0 + 3_000;
  await world.tipAll();
  const path = Object.values(manifest.metrics)[0]?.files[0]?.path as string;
  const generationFile = await world.data.lake.local(path);
  const secretFile = join(await world.data.lake.scratch("secret"));
  await writeFile(secretFile, `${SECRET}\n1,2,3\n`);
  const server = Fastify();
  const desk = await openSqlDesk(world, limits);
  await server.register(apiPlugin(await world.reader(), { sql: desk }));
  onTestFinished(() => server.close());
  return { world, server, secretFile, generationFile };
};

interface Reply {
  readonly status: number;
  readonly body: string;
}

const ask = async ({ server }: Attacked, sql: string, format = "json"): Promise<Reply> => {
  const reply = await server.inject({ method: "POST", url: "/v1/sql", payload: { sql, format } });
  return { status: reply.statusCode, body: reply.body };
};

/** Asks all of them, and holds each to what every answer must be. */
const attack = async (of: Attacked, statements: readonly string[], expected: readonly number[] = [400]) => {
  for (const sql of statements) {
    const startedMs = performance.now();
    const { status, body } = await ask(of, sql);
    const shown = `${sql.slice(0, 200)}: ${body.slice(0, 300)}`;
    expect(expected, shown).toContain(status);
    expect(performance.now() - startedMs, shown).toBeLessThan(ANSWERED_WITHIN_MS);
    expect(body, shown).not.toContain(SECRET);
    expect(body.length).toBeLessThan(LIMITS.answerBytesMax + 10_000);
    const document = JSON.parse(body) as Record<string, unknown>;
    if (status === 200) expect(document).toHaveProperty("rows");
    else {
      expect(document, shown).toMatchObject({ status, type: expect.stringMatching(/^\/problems\//) });
      expect(document["detail"]).not.toBe("");
    }
  }
};

/** What a statement could have left behind. */
const stillWell = async (of: Attacked): Promise<void> => {
  const { status, body } = await ask(of, "SELECT sum(views), sum(bytes) FROM visits");
  expect(status, body).toBe(200);
  expect(JSON.parse(body)).toMatchObject({ rows: [[2, 12]] });
};

const filesIn = async (directory: string): Promise<readonly string[]> =>
  (await readdir(directory)).filter((name) => name.startsWith("freshet-written"));

beforeAll(() => {
  process.env["FRESHET_TEST_SECRET"] = SECRET;
  return () => {
    delete process.env["FRESHET_TEST_SECRET"];
  };
});

describe("hostile SQL", () => {
  it("reads no file", async () => {
    const of = await attacked();
    const files = [
      of.secretFile,
      of.generationFile,
      "/etc/passwd",
      "/proc/self/environ",
      "https://example.com/x.csv",
      "s3://bucket/x",
    ];
    await attack(
      of,
      files.flatMap((file) => [
        `SELECT * FROM read_text('${file}')`,
        `SELECT * FROM read_blob('${file}')`,
        `SELECT * FROM read_csv('${file}')`,
        `SELECT * FROM read_csv_auto(['${file}'])`,
        `SELECT * FROM read_json('${file}')`,
        `SELECT * FROM read_ndjson_objects('${file}')`,
        `SELECT * FROM read_parquet('${file}')`,
        `SELECT * FROM parquet_scan('${file}')`,
        `SELECT * FROM parquet_metadata('${file}')`,
        `SELECT * FROM parquet_schema('${file}')`,
        `SELECT * FROM parquet_kv_metadata('${file}')`,
        `SELECT * FROM sniff_csv('${file}')`,
        `SELECT * FROM glob('${file}')`,
        `FROM '${file}'`,
        `SELECT * FROM "${file}"`,
        `SELECT (SELECT content FROM read_text('${file}'))`,
        `SELECT * FROM query('FROM read_text(''${file}'')')`,
        `SELECT * FROM query_table(['${file}'])`,
        `SELECT * FROM visits, read_text('${file}')`,
        `WITH RECURSIVE r AS (SELECT content FROM read_text('${file}') UNION ALL SELECT 'x' FROM r) FROM r LIMIT 1`,
        `EXPLAIN ANALYZE SELECT * FROM read_text('${file}')`,
        `DESCRIBE SELECT * FROM read_text('${file}')`,
        `SUMMARIZE SELECT * FROM read_text('${file}')`,
        `PIVOT (FROM read_text('${file}')) ON content IN ('a')`,
        `EXPLAIN FROM read_text('${file}')`,
      ]),
    );
    await attack(of, [
      "SELECT * FROM glob('/*')",
      "SELECT * FROM glob('../**')",
      "FROM read_text('*')",
      "FROM 'visits.parquet'",
    ]);
    await attack(of, [
      `SELECT t.content FROM (VALUES ('${of.secretFile}')) f(name), LATERAL (FROM read_text(f.name)) t`,
    ]);
    await stillWell(of);
  });

  it("writes nothing, attaches nothing, loads nothing, sets nothing", async () => {
    const of = await attacked();
    const target = join(tmpdir(), "freshet-written");
    const before = await stat(of.generationFile);
    await attack(
      of,
      [
        `COPY (SELECT 1) TO '${target}.csv'`,
        `COPY visits TO '${target}.parquet' (FORMAT parquet)`,
        `COPY (SELECT 1) TO '${of.generationFile}' (FORMAT parquet, USE_TMP_FILE false)`,
        `EXPLAIN ANALYZE COPY (SELECT 1) TO '${of.generationFile}' (FORMAT parquet, USE_TMP_FILE false)`,
        `EXPLAIN ANALYZE COPY (SELECT 1) TO '${target}.csv'`,
        `explain /* x */ analyze copy (select 1) to '${target}.csv'`,
        `EXPLAIN (ANALYZE) COPY (SELECT 1) TO '${target}.csv'`,
        `EXPLAIN (FORMAT json) COPY (SELECT 1) TO '${target}.csv'`,
        `EXPLAIN ANALYZE EXPLAIN ANALYZE COPY (SELECT 1) TO '${target}.csv'`,
        `/* x */ EXPLAIN ANALYZE DELETE FROM visits`,
        `EXPLAIN ANALYZE CREATE TABLE t AS SELECT 1`,
        `EXPLAIN ANALYZE INSERT INTO visits SELECT * FROM visits`,
        `EXPORT DATABASE '${target}'`,
        `IMPORT DATABASE '${target}'`,
        `ATTACH '${target}.db'`,
        `ATTACH ':memory:' AS other`,
        `ATTACH '${of.secretFile}' (TYPE sqlite)`,
        "DETACH memory",
        "USE memory",
        "INSTALL httpfs",
        "LOAD httpfs",
        "LOAD json",
        "FORCE INSTALL spatial FROM community",
        "UPDATE EXTENSIONS",
        "CREATE TABLE t (a INT)",
        "CREATE TEMP TABLE t AS SELECT 1",
        "CREATE VIEW v AS SELECT 1",
        "CREATE OR REPLACE VIEW visits AS SELECT 1",
        "CREATE MACRO m(x) AS x",
        "CREATE OR REPLACE MACRO distinct_of(x) AS 0",
        "CREATE SEQUENCE s",
        "CREATE SECRET (TYPE s3)",
        "CREATE TYPE e AS ENUM ('a')",
        "INSERT INTO visits VALUES (NULL)",
        "DELETE FROM visits",
        "UPDATE visits SET views = 0",
        "MERGE INTO visits USING (SELECT 1) s ON true WHEN MATCHED THEN DELETE",
        "TRUNCATE visits",
        "DROP VIEW visits",
        "ALTER TABLE visits RENAME TO w",
        "VACUUM",
        "ANALYZE",
        "CHECKPOINT",
        "FORCE CHECKPOINT",
        "BEGIN",
        "COMMIT",
        "ROLLBACK",
        "SET memory_limit = '100GB'",
        "SET enable_external_access = true",
        "SET lock_configuration = false",
        "RESET lock_configuration",
        "RESET enable_external_access",
        "SET VARIABLE x = 1",
        "SET SESSION threads = 100",
        "PRAGMA enable_external_access",
        "PRAGMA threads = 100",
        "PRAGMA database_list",
        "PRAGMA enable_profiling",
        `PRAGMA profiling_output = '${target}'`,
        "PREPARE p AS SELECT 1",
        "EXECUTE p",
        "DEALLOCATE p",
        "CALL pragma_version()",
        "CALL enable_logging()",
        "CALL dbgen(sf = 1)",
        "SELECT 1; SELECT 2",
        `SELECT 1; COPY (SELECT 1) TO '${target}.csv'`,
        `SELECT 1;;; COPY (SELECT 1) TO '${target}.csv' --`,
        `SELECT 1) TO '${target}.csv'; --`,
        "WITH x AS (DELETE FROM visits RETURNING *) SELECT * FROM x",
        "WITH x AS (INSERT INTO visits VALUES (1)) SELECT 1",
        "SELECT nextval('s')",
        "SELECT getenv('FRESHET_TEST_SECRET')",
        "SELECT * FROM sqlite_scan('x', 'y')",
        "SELECT * FROM shell('ls')",
        "SELECT system('ls')",
        "SELECT load_extension('x')",
        "SELECT ?",
        "SELECT $1",
        "",
        " ; ",
        "--",
        "/*",
        "SELECT",
        "\u0000",
        "SELECT '\u0000'",
        "SELECT \ud800",
      ],
      [400, 200],
    );
    expect(await filesIn(tmpdir())).toEqual([]);
    const after = await stat(of.generationFile);
    expect([after.size, after.mtimeMs]).toEqual([before.size, before.mtimeMs]);
    await stillWell(of);
  });

  it("runs none of the statements that write", async () => {
    const of = await attacked();
    await attack(of, [
      "CREATE TABLE t (a INT)",
      "EXPLAIN ANALYZE CREATE TABLE t (a INT)",
      "BEGIN",
      "SET threads = 2",
      "LOAD json",
      "CALL pragma_version()",
      "CHECKPOINT",
    ]);
    await attack(of, ["FROM t"]);
  });

  it("tells nothing of its surroundings but names of settings and files that it may read", async () => {
    const of = await attacked();
    const questions = [
      "SELECT * FROM duckdb_settings()",
      "SELECT current_setting('home_directory')",
      "SELECT current_setting('s3_secret_access_key')",
      "SELECT current_setting('secret_directory')",
      "SELECT * FROM duckdb_secrets()",
      "SELECT * FROM which_secret('s3://x', 's3')",
      "SELECT * FROM duckdb_extensions()",
      "SELECT * FROM duckdb_databases()",
      "SELECT * FROM duckdb_views()",
      "SELECT * FROM duckdb_tables()",
      "SELECT * FROM duckdb_functions()",
      "SELECT * FROM duckdb_memory()",
      "SELECT * FROM duckdb_temporary_files()",
      "SELECT * FROM duckdb_logs",
      "SELECT * FROM duckdb_variables()",
      "SELECT * FROM pragma_database_list",
      "SELECT * FROM pragma_storage_info('visits')",
      "SELECT * FROM information_schema.tables",
      "SELECT getvariable('x')",
      "SELECT current_user, current_database(), current_schema(), current_query(), txid_current()",
      "SELECT write_log('x')",
      "SELECT * FROM pragma_platform(), pragma_user_agent()",
    ];
    await attack(of, questions, [200, 400]);
    await stillWell(of);
  });

  it("gives up what takes too long, and goes on with the next", async () => {
    const of = await attacked();
    await attack(of, [
      "SELECT sum(a.range * b.range % 7) FROM range(10000000) a, range(10000000) b",
      "SELECT count(*) FROM range(1000000) a, range(1000000) b, visits WHERE a.range * b.range % 1000003 = 5",
      "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT max(n) FROM r",
      "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT (n * 7 + 1) % 1000000007 FROM r) SELECT n FROM r WHERE n = -1",
      "SELECT list_reduce(range(100000000), lambda a, b: (a * 31 + b) % 1000003)",
      "SELECT count(*) FROM range(100000000) WHERE regexp_matches(repeat('a', 30) || range, '(a*)*b')",
    ]);
    await stillWell(of);
  }, 240_000);

  it("gives up what takes too much memory or disk", async () => {
    const of = await attacked();
    await attack(
      of,
      [
        "SELECT list(range) FROM range(1000000000)",
        "SELECT string_agg(repeat('x', 1000), '') FROM range(100000000)",
        "SELECT repeat('x', 4000000000)",
        "SELECT repeat(repeat(repeat('x', 1000), 1000), 1000)",
        "SELECT length(repeat('x', 2000000000) || repeat('y', 2000000000))",
        "SELECT range(1000000000)",
        "SELECT range(100000000), range(100000000)",
        "SELECT array_agg(r) FROM (SELECT range(1000) AS r FROM range(10000000))",
        "SELECT * FROM range(1000000000) ORDER BY random()",
        "SELECT DISTINCT md5(range::VARCHAR) FROM range(1000000000) ORDER BY 1",
        "SELECT histogram(range::VARCHAR) FROM range(100000000)",
        "SELECT flatten(list_transform(range(10000), lambda x: range(100000)))",
        "SELECT lpad('x', 2000000000, 'y')",
        "SELECT count(*) FROM (SELECT a.range, b.range FROM range(100000) a FULL JOIN range(100000) b ON a.range % 2 = b.range % 2 ORDER BY random())",
        "WITH RECURSIVE r(s) AS (SELECT 'x' UNION ALL SELECT s || s FROM r) SELECT max(length(s)) FROM r",
        "SELECT unnest(range(1000000000)), repeat('x', 10000)",
      ],
      [400, 200],
    );
    await stillWell(of);
  }, 300_000);

  it("answers with no more rows and bytes than it may", async () => {
    const of = await attacked({ ...LIMITS, secondsMax: 20 });
    const { status, body } = await ask(of, "SELECT range FROM range(1000000000000)");
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({ rowCount: 10_000, truncated: true });
    const wide = "SELECT repeat(md5(range::VARCHAR), 200) FROM range(100000)";
    for (const format of ["json", "csv", "arrow"]) {
      const large = await ask(of, wide, format);
      expect(JSON.parse(large.body), format).toMatchObject({ status: 400, type: "/problems/too-large" });
    }
    expect(await ask(of, wide, "parquet")).toMatchObject({ status: 400 });
    await stillWell(of);
  });

  it("survives what is deep, wide or odd", async () => {
    const of = await attacked();
    const deep = 20_000;
    await attack(
      of,
      [
        `SELECT ${"(".repeat(deep)}1${")".repeat(deep)}`,
        `SELECT ${"-".repeat(30_000)}1`,
        `SELECT ${"NOT ".repeat(10_000)}true`,
        `SELECT ${"[".repeat(deep)}1${"]".repeat(deep)}`,
        `SELECT ${"1+".repeat(deep)}1`,
        `${"SELECT (".repeat(2_000)}SELECT 1${")".repeat(2_000)}`,
        `SELECT ${Array.from({ length: 10_000 }, (_, n) => n).join(",")}`,
        `SELECT ${Array.from({ length: 5_000 }, () => "1 AS a").join(",")}`,
        `SELECT '${"x".repeat(60_000)}'`,
        `WITH ${Array.from({ length: 30 }, (_, n) => `t${n + 1} AS (SELECT * FROM ${n === 0 ? "visits" : `t${n} a CROSS JOIN t${n} b`})`).join(",")} SELECT count(*) FROM t30`,
        "SELECT struct_pack(__proto__ := 1), {'constructor': 2}, MAP {'a': NULL}",
        "SELECT 'Infinity'::DOUBLE, 'NaN'::DOUBLE, 'infinity'::TIMESTAMP, '-infinity'::DATE, '290309-12-22 (BC) 00:00:00'::TIMESTAMP",
        "SELECT 170141183460469231731687303715884105727::HUGEINT, -9007199254740993::BIGINT, 1.5::DECIMAL(38,30), 340282366920938463463374607431768211455::UHUGEINT",
        "SELECT 'x'::BLOB, '101'::BIT, uuid(), INTERVAL 1 MONTH, '12:00:00'::TIME, '12:00:00+01'::TIMETZ, 'a'::ENUM('a'), union_value(n := 1), [[1], NULL], '{\"a\": 1}'::JSON",
        "SELECT NULL, [], {}, MAP {}",
        "SELECT error('mine')",
        'SELECT 1 AS "\u0001\u202e"',
        "SELECT chr(0), '\\u0000'",
        "SELECT * FROM visits WHERE page SIMILAR TO '(((((a+)+)+)+)+)+$'",
        "SELECT strptime('x', '%')",
        "SELECT printf('%s%n', 'x')",
        "SELECT format('{:1000000000}', 1)",
        "SELECT json_execute_serialized_sql(json_serialize_sql('DROP VIEW visits'))",
        "SELECT * FROM json_execute_serialized_sql(json_serialize_sql('SELECT * FROM read_text(''/etc/passwd'')'))",
        "SELECT * FROM unnest(range(10)), generate_series(1, 10), repeat(1, 5), summary(visits)",
        "SELECT * FROM seq_scan('visits')",
        "SELECT in_search_path('a', 'b'), test_all_types()",
        "FROM test_all_types()",
        "FROM test_vector_types(NULL::INT)",
      ],
      [200, 400],
    );
    await stillWell(of);
  }, 240_000);

  it("keeps within the statements that may run at once", async () => {
    const of = await attacked();
    const slow = "SELECT sum(a.range * b.range % 7) FROM range(10000000) a, range(10000000) b";
    const replies = await Promise.all(
      Array.from({ length: 6 }, () =>
        of.server.inject({ method: "POST", url: "/v1/sql", payload: { sql: slow } }),
      ),
    );
    const busy = replies.filter(({ statusCode }) => statusCode === 503);
    expect(replies.filter(({ statusCode }) => statusCode === 400)).toHaveLength(2);
    expect(busy).toHaveLength(4);
    for (const { headers } of busy) expect(headers["retry-after"]).toBe("1");
    await stillWell(of);
  });

  it("finds the secret where it stands, so that the tests above mean something", async () => {
    const of = await attacked();
    expect(await readFile(of.secretFile, "utf8")).toContain(SECRET);
    expect(process.env["FRESHET_TEST_SECRET"]).toBe(SECRET);
  });
});
