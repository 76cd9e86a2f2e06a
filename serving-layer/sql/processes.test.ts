import { execFileSync } from "node:child_process";
import { readdir, readFile, stat } from "node:fs/promises";
import { DuckDBInstance } from "@duckdb/node-api";
import { tableFromIPC } from "apache-arrow";
import Fastify from "fastify";
import { describe, expect, it, onTestFinished } from "vitest";
import { apiPlugin } from "../api/plugin.js";
import { answered, openSqlDesk, refused, rowsOf } from "../testing/sqlWorld.js";
import { visitsApp } from "../testing/visits.js";
import { openWorld } from "../testing/world.js";

const SLOW = "SELECT sum(a.range * b.range % 7) FROM range(10000000) a, range(10000000) b";

const emptyWorld = async () => {
  const world = await openWorld(1);
  await world.publish(visitsApp);
  return world;
};

/** Processes of this one that run SQL. */
const children = (): readonly number[] =>
  execFileSync("ps", ["-o", "pid=,args=", "--ppid", String(process.pid)])
    .toString()
    .split("\n")
    .filter((line) => line.includes("freshet-sql-program"))
    .map((line) => Number(line.trim().split(" ")[0]));

const until = async (condition: () => boolean): Promise<void> => {
  for (let attempt = 0; attempt < 1000; attempt++) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error("it did not come about");
};

describe("the process that runs SQL", () => {
  it("is started at the first statement, killed in the middle of one, and started again at the next", async () => {
    const desk = await openSqlDesk(await emptyWorld());
    expect(children()).toEqual([]);
    const asked = desk.ask({ sql: SLOW, format: "json" });
    await until(() => children().length === 1);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    process.kill(children()[0] as number, "SIGKILL");
    expect(refused(await asked).kind).toBe("too_much_memory");
    expect(await rowsOf(desk, "SELECT 1")).toEqual([[1]]);
  });

  it("ends with whoever asked: given up, the statement takes no place", async () => {
    const desk = await openSqlDesk(await emptyWorld(), { statementsMax: 1 });
    const gone = new AbortController();
    const asked = desk.ask({ sql: SLOW, format: "json", gone: gone.signal });
    await until(() => children().length === 1);
    expect(await desk.ask({ sql: "SELECT 1", format: "json" })).toEqual({ kind: "busy" });
    gone.abort();
    expect(refused(await asked).kind).toBe("unavailable");
    expect(await rowsOf(desk, "SELECT 1")).toEqual([[1]]);
  });

  it("ends when it is idle, and with the server, in the middle of a statement too; nothing is left", async () => {
    const world = await emptyWorld();
    const desk = await openSqlDesk(world, { idleMs: 200 });
    await rowsOf(desk, "SELECT 1");
    await until(() => children().length === 0);
    const server = Fastify();
    await server.register(apiPlugin(await world.reader(), { sql: desk }));
    const asked = server.inject({ method: "POST", url: "/v1/sql", payload: { sql: SLOW } });
    await until(() => children().length === 1);
    await server.close();
    expect((await asked).statusCode).toBe(503);
    expect(children()).toEqual([]);
    const scratch = await world.data.lake.scratch("x");
    const left = await readdir(scratch.slice(0, scratch.lastIndexOf("/")));
    expect(left.filter((name) => name.endsWith(".sql"))).toEqual([]);
    expect(await desk.ask({ sql: "SELECT 1", format: "json" })).toEqual({ kind: "busy" });
  });

  it("removes an answer's file", async () => {
    const desk = await openSqlDesk(await emptyWorld());
    const answer = answered(await desk.ask({ sql: "SELECT 1", format: "json" }));
    await answer.dispose();
    await expect(stat(answer.file)).rejects.toThrow(/ENOENT/);
  });
});

describe("formats of a result", () => {
  const sql = `SELECT * FROM (VALUES
    (1::BIGINT, 'a,"b"', 1.5::DOUBLE, true, DATE '2026-11-21', TIMESTAMP '2026-11-21 10:00:00.123456', 9007199254740993::HUGEINT, [1, 2], {'x': 1}, '\\xC3\\xFF'::BLOB),
    (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)
  ) t(i, s, d, b, day, moment, huge, list, struct, bytes)`;

  it("are the same rows as JSON, CSV, Arrow and Parquet", async () => {
    const world = await emptyWorld();
    const desk = await openSqlDesk(world);
    const server = Fastify();
    await server.register(apiPlugin(await world.reader(), { sql: desk }));
    onTestFinished(() => server.close());
    const ask = (headers: Record<string, string>, format?: string) =>
      server.inject({ method: "POST", url: "/v1/sql", headers, payload: { sql, format } });

    const json = (await ask({ accept: "*/*" })).json();
    expect(json.rows).toEqual([
      [
        1,
        'a,"b"',
        1.5,
        true,
        "2026-11-21",
        "2026-11-21T10:00:00.123456Z",
        "9007199254740993",
        [1, 2],
        { x: 1 },
        "w/8=",
      ],
      Array.from({ length: 10 }, () => null),
    ]);
    const csv = await ask({ accept: "text/csv" });
    expect(csv.headers).toMatchObject({
      "content-type": expect.stringContaining("text/csv"),
      "freshet-rows": "2",
    });
    expect(csv.body).toBe(
      'i,s,d,b,day,moment,huge,list,struct,bytes\r\n1,"a,""b""",1.5,true,2026-11-21,2026-11-21T10:00:00.123456Z,9007199254740993,"[1,2]","{""x"":1}",w/8=\r\n,,,,,,,,,\r\n',
    );
    const arrow = tableFromIPC((await ask({}, "arrow")).rawPayload);
    expect(arrow.numRows).toBe(2);
    expect(arrow.schema.fields.map(({ name }) => name).join(",")).toBe(
      "i,s,d,b,day,moment,huge,list,struct,bytes",
    );
    expect(arrow.get(0)?.toJSON()).toMatchObject({
      i: 1n,
      s: 'a,"b"',
      d: 1.5,
      b: true,
      huge: "9007199254740993",
    });
    expect(arrow.get(1)?.toJSON()).toMatchObject({ i: null, s: null, huge: null });

    const parquet = answered(await desk.ask({ sql, format: "parquet" }));
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    const read = await connection.runAndReadAll(
      `SELECT huge::VARCHAR, moment::VARCHAR, list::VARCHAR FROM '${parquet.file}' LIMIT 1`,
    );
    expect(read.getRows()).toEqual([["9007199254740993", "2026-11-21 10:00:00.123456", "[1, 2]"]]);
    connection.closeSync();
    instance.closeSync();
    expect((await readFile(parquet.file)).subarray(0, 4).toString()).toBe("PAR1");
  });

  it("hold no rows, many rows, and no more than were asked for", async () => {
    const desk = await openSqlDesk(await emptyWorld());
    for (const format of ["json", "csv", "arrow", "parquet"] as const) {
      const none = answered(await desk.ask({ sql: "SELECT 1 AS a WHERE false", format }));
      expect(none).toMatchObject({ rowCount: 0, truncated: false });
      const many = answered(
        await desk.ask({ sql: "SELECT range AS a FROM range(50000)", format, limit: 30_000 }),
      );
      expect(many).toMatchObject({ rowCount: 30_000, truncated: true });
      if (format === "arrow") expect(tableFromIPC(await readFile(many.file)).numRows).toBe(30_000);
      if (format === "csv") expect((await readFile(many.file, "utf8")).split("\r\n")).toHaveLength(30_002);
      const all = answered(
        await desk.ask({ sql: "SELECT range AS a FROM range(5000)", format, limit: 5_000 }),
      );
      expect(all).toMatchObject({ rowCount: 5_000, truncated: false });
    }
  });
});
