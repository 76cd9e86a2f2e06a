import {
  concat,
  count,
  countDistinct,
  defineApp,
  event,
  eq,
  lookup,
  metric,
  type Schedule,
  t,
  type Tick,
  toAppDocument,
} from "@freshet/model";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { published } from "../testing/expect.js";
import { expectedOf } from "../testing/oracle.js";
import { readPlainly } from "../testing/plainRecount.js";
import { type SparkSession, startSparkSession } from "../testing/sparkSession.js";
import { contentOf } from "../testing/stored.js";
import { createWorld, scheduleOf, type World } from "../testing/world.js";

/** New events in every run; a failing run's are made again by its seed. */
const SEED = Number(process.env["FRESHET_SEED"] ?? Math.floor(Math.random() * 1e9));

const visits = event("visit", {
  page: t.string(),
  user: t.string(),
  ms: t.integer(),
  returning: t.optional(t.boolean()),
});
const region = lookup("region", { key: t.string(), value: t.string() });
const owner = lookup("owner", { key: t.string(), value: t.string() });

/** A lookup as a dimension, within an expression, in a condition, and as what is counted. */
const app = toAppDocument(
  defineApp({
    events: [visits],
    lookups: [region, owner],
    metrics: [
      metric("regions", visits, {
        by: (e) => ({ region: region.of(e.page), place: concat("in ", region.of(e.page)) }),
        measures: (e) => ({
          visits: count(),
          southern: count({ where: eq(region.of(e.page), "south") }),
          owners: countDistinct(owner.of(e.page), { lgK: 8 }),
        }),
        pane: "1h",
      }),
    ],
    settings: { maxLate: "1h", maxAhead: "1m", eventBytesMax: 2000 },
  }),
);

let session: SparkSession;
let world: World;
beforeAll(async () => {
  session = await startSparkSession();
});
afterAll(() => session.close());
afterEach(() => world.close());

const more = async (): Promise<void> => {
  await world.emit(100);
  await world.heartbeats();
  await world.heartbeats();
  await world.record();
  await world.land();
};

describe(`lookups by Spark (seed ${SEED})`, () => {
  it("have the version of an event's tick, as DuckDB's and as a plain count's have", async () => {
    const plain = scheduleOf({ app });
    world = await createWorld(SEED, plain);
    const { lake, log } = world.data;
    await lake.put("lookups/1.json", Buffer.from(JSON.stringify({ "/a": "north", "/b": "it's" })));
    await lake.put("lookups/2.json", Buffer.from(JSON.stringify({ "/a": "south" })));
    await lake.put("lookups/3.json", Buffer.from(JSON.stringify({ "/a": "ann", "/b": "ben" })));
    await world.emit(100);
    const changesAt = Math.floor(world.nowMs / 1000) as Tick;
    const schedule: Schedule = {
      ...plain,
      lookups: [
        { lookup: "region", fromTick: -1 as Tick, path: "lookups/1.json" },
        { lookup: "owner", fromTick: -1 as Tick, path: "lookups/3.json" },
        { lookup: "region", fromTick: changesAt, path: "lookups/2.json" },
      ],
    };
    await world.publishApps(schedule);
    await more();
    const spark = session.engine(`${world.dir}/data/lake`);
    const manifest = published(await world.batch({ spark }));
    const { standing } = expectedOf(await readPlainly(log, schedule), manifest, [], () => ({}));
    const wanted = new Map<string, number>();
    for (const { key, body } of standing) {
      const { page } = JSON.parse(body) as { page: string };
      const before = page === "/a" ? "north" : page === "/b" ? "it's" : null;
      const found = key.tick >= changesAt ? (page === "/a" ? "south" : null) : before;
      wanted.set(String(found), (wanted.get(String(found)) ?? 0) + 1);
    }
    expect([...wanted.keys()].sort()).toEqual(["it's", "north", "null", "south"]);
    const [files] = Object.values(manifest.metrics);
    const local = await Promise.all(files!.files.map(({ path }) => lake.local(path)));
    const rows = await world.duckdb.rows<{ region: string; place: string; visits: number; southern: number }>(
      `SELECT coalesce(k_region, 'null') AS region, coalesce(k_place, 'in null') AS place, sum(m_visits)::BIGINT AS visits,
  sum(m_southern)::BIGINT AS southern FROM read_parquet([${local.map((path) => `'${path}'`).join(", ")}]) GROUP BY ALL`,
    );
    expect(new Map(rows.map(({ region: name, visits: found }) => [name, found]))).toEqual(wanted);
    for (const row of rows) {
      expect(row.place).toBe(`in ${row.region}`);
      expect(row.southern).toBe(row.region === "south" ? row.visits : 0);
    }
    const bySpark = await contentOf(world.duckdb, lake, manifest);
    const rebuilt = published(await world.batch({ rebuild: true }));
    expect(await contentOf(world.duckdb, lake, rebuilt)).toEqual(bySpark);
    // Spark goes on, on DuckDB's
    await more();
    const next = published(await world.batch({ spark }));
    const again = published(await world.batch({ rebuild: true }));
    expect(await contentOf(world.duckdb, lake, next)).toEqual(await contentOf(world.duckdb, lake, again));
    expect(session.jobs).toBeGreaterThan(1);
  });
});
