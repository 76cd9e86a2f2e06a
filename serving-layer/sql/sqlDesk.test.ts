import { describe, expect, it } from "vitest";
import { answered, openSqlDesk, refused, rowsOf } from "../testing/sqlWorld.js";
import { aVisit, visitsApp } from "../testing/visits.js";
import { openWorld, until } from "../testing/world.js";

const MINUTE = 60_000;
const T0 = Date.UTC(2026, 10, 21, 10, 0);
const TICK0 = T0 / 1_000;

const smallWorld = async () => {
  const world = await openWorld(1);
  const [a] = world.shards as [(typeof world.shards)[0]];
  await world.publish(visitsApp);
  await world.segment(a, TICK0, [aVisit(T0, "x", 5), aVisit(T0, "y", 1), aVisit(T0 + MINUTE, "x", 2)]);
  await world.segment(a, TICK0 + 120, [aVisit(T0 + 2 * MINUTE, "x", 7)]);
  await world.generation({ [a]: TICK0 + 120 });
  await world.segment(a, TICK0 + 130, [aVisit(T0 + 2 * MINUTE, "x", 10), aVisit(T0 + 2 * MINUTE, "z", 3)]);
  await world.segment(a, TICK0 + 131, [aVisit(T0 + 2 * MINUTE, "z", 4)], { finished: false });
  world.nowMs = T0 + 140_000;
  await world.tipAll();
  return world;
};

describe("SQL over generation and live view", () => {
  it("adds batch and live up, and says which rows are live and which settled", async () => {
    const desk = await openSqlDesk(await smallWorld());
    expect(
      await rowsOf(
        desk,
        "SELECT pane, page, views, bytes, settled, live, day FROM visits ORDER BY pane, page",
      ),
    ).toEqual([
      ["2026-11-21T10:00:00.000Z", "x", 1, 5, true, false, "2026-11-21"],
      ["2026-11-21T10:00:00.000Z", "y", 1, 1, true, false, "2026-11-21"],
      ["2026-11-21T10:01:00.000Z", "x", 1, 2, true, false, "2026-11-21"],
      ["2026-11-21T10:02:00.000Z", "x", 2, 17, false, true, "2026-11-21"],
      ["2026-11-21T10:02:00.000Z", "z", 2, 7, false, true, "2026-11-21"],
    ]);
    expect(
      await rowsOf(
        desk,
        "SELECT page, sum(bytes), bool_or(live) FROM visits_parts GROUP BY page ORDER BY page",
      ),
    ).toEqual([
      ["x", 24, true],
      ["y", 1, false],
      ["z", 7, true],
    ]);
  });

  it("says what an answer rests on", async () => {
    const world = await smallWorld();
    const desk = await openSqlDesk(world);
    const answer = answered(await desk.ask({ sql: "SELECT count(*) AS n FROM visits", format: "json" }));
    expect(answer).toMatchObject({
      frame: { status: "live", generation: 1, missing: [], tables: ["visits"] },
      columns: [{ name: "n", type: "BIGINT" }],
      rowCount: 1,
      truncated: false,
    });
    expect(answered(await desk.ask({ sql: "SELECT 1", format: "json" }))).toMatchObject({
      frame: { status: null, tables: [] },
    });
  });

  it("follows the live view and the next generation", async () => {
    const world = await smallWorld();
    const desk = await openSqlDesk(world);
    const [a] = world.shards as [(typeof world.shards)[0]];
    const total = "SELECT sum(views), sum(bytes) FROM visits";
    expect(await rowsOf(desk, total)).toEqual([[7, 32]]);
    await world.segment(a, TICK0 + 131, [aVisit(T0 + 2 * MINUTE, "z", 4), aVisit(T0, "w", 100)]);
    await world.tipAll();
    await until(async () => Number((await rowsOf(desk, total))[0]?.[1]) === 132);
    await world.generation({ [a]: TICK0 + 131 });
    await until(async () => (await rowsOf(desk, "SELECT bool_or(live) FROM visits"))[0]?.[0] === false);
    expect(await rowsOf(desk, total)).toEqual([[8, 132]]);
  });

  it("lists and describes what there is", async () => {
    const desk = await openSqlDesk(await smallWorld());
    expect((await rowsOf(desk, "SHOW TABLES")).flat()).toEqual(["events", "visits", "visits_parts"]);
    expect((await rowsOf(desk, "DESCRIBE visits")).map((row) => row.slice(0, 2))).toEqual([
      ["pane", "TIMESTAMP"],
      ["page", "VARCHAR"],
      ["views", "BIGINT"],
      ["bytes", "DECIMAL(38,0)"],
      ["settled", "BOOLEAN"],
      ["live", "BOOLEAN"],
      ["day", "DATE"],
    ]);
    expect((await rowsOf(desk, "DESCRIBE visits_parts")).map((row) => row[0])).toEqual(
      desk
        .relations()
        .find(({ name }) => name === "visits_parts")
        ?.columns.map(({ name }) => name),
    );
    expect(await rowsOf(desk, "FROM query_table('VISITS') SELECT count(*)")).toEqual([[5]]);
    expect(await rowsOf(desk, "SELECT count(*) FROM events")).toEqual([[0]]);
  });

  it("refuses what is no single question, and says what to change", async () => {
    const desk = await openSqlDesk(await smallWorld());
    const kind = async (sql: string) => refused(await desk.ask({ sql, format: "json" })).kind;
    expect(await kind("")).toBe("empty");
    expect(await kind("-- nothing")).toBe("empty");
    expect(await kind("SELECT 1; SELECT 2")).toBe("many");
    expect(await kind("SELECT ?")).toBe("parameters");
    expect(await kind("CREATE TABLE t (a INT)")).toBe("not_a_question");
    expect(await kind("EXPLAIN ANALYZE CREATE TABLE t (a INT)")).toBe("not_a_question");
    expect(refused(await desk.ask({ sql: "SELECT page FROM visit", format: "json" }))).toMatchObject({
      kind: "failed",
      detail: expect.stringContaining("Did you mean"),
    });
    expect(await rowsOf(desk, "EXPLAIN ANALYZE SELECT 1")).toHaveLength(1);
    expect(await rowsOf(desk, "EXPLAIN SELECT count(*) FROM visits")).toHaveLength(1);
  });
});

describe("a filter on the day", () => {
  it("reads the files of that day alone", async () => {
    const world = await openWorld(1);
    const [a] = world.shards as [(typeof world.shards)[0]];
    await world.publish(visitsApp);
    const days = [0, 1, 2].map((day) => T0 + day * 86_400_000);
    await world.segment(
      a,
      TICK0 + 200_000,
      days.map((timeMs) => aVisit(timeMs, "x", 5)),
    );
    await world.generation({ [a]: TICK0 + 200_000 });
    const desk = await openSqlDesk(world);
    const plan = async (sql: string) => String((await rowsOf(desk, `EXPLAIN ANALYZE ${sql}`))[0]?.[1]);
    expect(await plan("SELECT sum(views) FROM visits")).toContain("Total Files Read: 3");
    expect(await plan("SELECT sum(views) FROM visits WHERE day = DATE '2026-11-22'")).toContain(
      "Total Files Read: 1",
    );
    expect(await rowsOf(desk, "SELECT sum(views) FROM visits WHERE day >= DATE '2026-11-22'")).toEqual([[2]]);
  });
});

describe("what SQL does not say", () => {
  it("is named: a shard that cannot be read on, and groups without a name", async () => {
    const world = await openWorld(1);
    const [a] = world.shards as [(typeof world.shards)[0]];
    await world.publish(visitsApp);
    await world.segment(a, TICK0, [aVisit(T0, "x", 5)]);
    await world.generation({ [a]: TICK0 + 120 });
    await world.segment(a, TICK0 + 130, [aVisit(T0, "x", 10), aVisit(T0 + MINUTE, "z", 3)]);
    await world.segment(a, TICK0 + 131, [aVisit(T0 + 5 * MINUTE, "w", 4)], { overflow: true });
    world.nowMs = T0 + 140_000;
    await world.tipAll();
    const desk = await openSqlDesk(world);
    const frame = async () =>
      answered(await desk.ask({ sql: "SELECT count(*) FROM visits", format: "json" })).frame;
    expect(await frame()).toMatchObject({ status: "partial", missing: [{ kind: "overflow", shard: a }] });
    expect(await rowsOf(desk, "SELECT sum(views) FROM visits")).toEqual([[3]]);
    world.nowMs += 60_000;
    await until(async () => (await frame()).missing.some(({ kind }) => kind === "stale_tip"));
  });

  it("is refused: more groups after the cut than a statement may read, of the metrics that it names", async () => {
    const desk = await openSqlDesk(await smallWorld(), { liveGroupsMax: 1 });
    expect(refused(await desk.ask({ sql: "SELECT * FROM visits", format: "json" }))).toMatchObject({
      kind: "live_too_large",
      groups: 1,
    });
    expect(await rowsOf(desk, "SELECT count(*) FROM events")).toEqual([[0]]);
  });
});

describe("raw events", () => {
  const landed = async (
    world: Awaited<ReturnType<typeof openWorld>>,
    hour: string,
    ids: readonly string[],
  ) => {
    const { lake, log } = world.data;
    const file = await lake.scratch("parquet");
    const rows = ids.map(
      (id, at) =>
        `('${log.identity.id}', 's', '${String(at).padStart(56, "0")}', 0, ${T0}, 'event', 'visit', '${id}', ${T0 + at}, NULL::BIGINT, NULL::BIGINT, '{"page":"x","id":"${id}"}', ${id === "bad" ? "'malformed'" : "NULL"}, 1)`,
    );
    await world.duckdb.run(
      `COPY (SELECT * FROM (VALUES ${rows.join(", ")}) t(log, shard, sequence, subsequence, arrival_ms, kind, type, id, time_ms, late_ms, ahead_ms, body, reason, revision)) TO '${file}' (FORMAT parquet)`,
    );
    const path = `raw/hour=${hour}/1-${hour}.parquet`;
    await lake.publish(file, path);
    return path;
  };

  it("are there with their reason, by hour, and survive that a file is put together with others meanwhile", async () => {
    const world = await openWorld(1);
    await world.publish(visitsApp);
    const { lake } = world.data;
    const gone = await landed(world, "2026112109", ["a", "bad"]);
    let removed = false;
    const moving = {
      ...lake,
      async list(prefix: string) {
        const paths = await lake.list(prefix);
        if (!removed) await lake.remove(gone);
        if (!removed) await landed(world, "2026112110", ["a", "b", "bad"]);
        removed = true;
        return paths;
      },
    };
    const desk = await openSqlDesk(world, {}, moving);
    expect(
      await rowsOf(desk, "SELECT time, id, body ->> '$.page', reason, arrival_hour FROM events ORDER BY id"),
    ).toEqual([
      ["2026-11-21T10:00:00.000Z", "a", "x", null, "2026-11-21T10:00:00.000Z"],
      ["2026-11-21T10:00:00.001Z", "b", "x", null, "2026-11-21T10:00:00.000Z"],
      ["2026-11-21T10:00:00.002Z", "bad", "x", "malformed", "2026-11-21T10:00:00.000Z"],
    ]);
    await landed(world, "2026112111", ["c"]);
    const plan = await rowsOf(
      desk,
      "EXPLAIN ANALYZE SELECT count(*) FROM events WHERE arrival_hour = TIMESTAMP '2026-11-21 11:00:00'",
    );
    expect(String(plan[0]?.[1])).toContain("Total Files Read: 1");
    expect(await rowsOf(desk, "SELECT count(*) FROM events")).toEqual([[4]]);
  });
});
