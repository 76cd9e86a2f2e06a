import type { AppDocument } from "@freshet/model";
import { defineApp, event, metric, count, sum, t, toAppDocument } from "@freshet/model";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { revertTo } from "../generation/revert.js";
import { firstApp } from "../testing/apps.js";
import { published } from "../testing/expect.js";
import { type SparkSession, startSparkSession } from "../testing/sparkSession.js";
import { type SparkSql, startSparkSql } from "../testing/sparkSql.js";
import { createWorld, scheduleOf, type World } from "../testing/world.js";
import { catalogueStatements, catalogueTables, hiveTableSql } from "./statements.js";

/** New events in every run; a failing run's are made again by its seed. */
const SEED = Number(process.env["FRESHET_SEED"] ?? Math.floor(Math.random() * 1e9));

type Row = Readonly<Record<string, unknown>>;

let spark: SparkSql;
let world: World;
let lakes = 0;
beforeAll(async () => {
  spark = await startSparkSql();
});
afterAll(() => spark.close());
afterEach(() => world.close());

const lakeDir = (): string => `${world.dir}/data/lake/`;

/** Tells both engines of a lake once: what follows is read with no word more. */
const tellEngines = async (app: AppDocument): Promise<void> => {
  const options = { app, lakeUri: `file://${lakeDir()}`, schema: "" };
  const database = `lake_${++lakes}`;
  await spark.ask(`CREATE DATABASE ${database}`);
  await spark.ask(`USE ${database}`);
  await spark.tellHive(`USE ${database}`);
  for (const table of catalogueTables(options)) await spark.tellHive(hiveTableSql(table));
  for (const view of catalogueStatements({ ...options, engine: "spark" })) await spark.ask(view);
  const own = catalogueStatements({ ...options, lakeUri: lakeDir(), engine: "duckdb" });
  for (const statement of own) await world.duckdb.run(statement);
};

/** Rows of an engine as texts that compare: without what is NULL, numbers past 2^53 as text. */
const textsOf = (rows: readonly Row[]): readonly string[] =>
  rows
    .map((row) =>
      JSON.stringify(
        Object.entries(row)
          .filter(([, value]) => value !== null && value !== undefined)
          .sort(([a], [b]) => (a < b ? -1 : 1)),
        (_, value: unknown) =>
          typeof value === "bigint" || typeof value === "number" ? String(value) : value,
      ),
    )
    .sort();

/** What a SELECT gives in both engines. */
const both = async (sql: string): Promise<readonly string[]> => {
  const bySpark = textsOf(await spark.ask(sql));
  expect(bySpark).toEqual(textsOf(await world.duckdb.rows<Row>(sql)));
  return bySpark;
};

const more = async (events: number): Promise<void> => {
  await world.emit(events);
  await world.heartbeats();
  await world.heartbeats();
  await world.record();
  await world.land();
};

const RAW =
  "SELECT shard, sequence, subsequence, arrival_ms, kind, type, id, time_ms, reason, body, revision, hour FROM raw";
const [pages, berlin] = firstApp.metrics;
/** Columns without lists, which the engines' JSON writes otherwise. */
const VIEW =
  "SELECT pane, k_page, k_returning, k_select, m_visits, CAST(m_time AS STRING) AS m_time, m_longest FROM metric_pages";

const storedNow = async (files: readonly { readonly path: string }[]): Promise<readonly string[]> => {
  const list = files.map(({ path }) => `'${lakeDir()}${path}'`).join(", ");
  return textsOf(
    await world.duckdb.rows<Row>(
      VIEW.replace("metric_pages", `read_parquet([${list}], hive_partitioning = false)`),
    ),
  );
};

describe(`the catalogue, read by Spark SQL (seed ${SEED})`, () => {
  let engine: SparkSession;
  beforeAll(async () => {
    engine = await startSparkSession();
  });
  afterAll(() => engine.close());

  it("gives raw events and what stands as DuckDB has them, through publications of both engines, a revert and retirement", async () => {
    world = await createWorld(SEED, scheduleOf({ app: firstApp }));
    await more(120);
    const manifests = [published(await world.batch())];
    await tellEngines(firstApp);
    const rows = await both(RAW);
    expect(rows.length).toBeGreaterThan(120);
    const hours = await spark.ask("SELECT DISTINCT hour FROM raw ORDER BY hour");
    expect(hours.length).toBeGreaterThan(0);
    expect(hours[0]!["hour"]).toMatch(/^\d{10}$/);
    expect(
      (await spark.ask(`SELECT * FROM raw WHERE hour = '${String(hours[0]!["hour"])}' LIMIT 1`)).length,
    ).toBe(1);
    expect(await spark.ask("SELECT count(*) AS n FROM raw_files")).toEqual([{ n: rows.length }]);

    const standsAs = async (manifest: (typeof manifests)[number]): Promise<void> => {
      const files = manifest.metrics[pages!.hash]!.files;
      expect(await both(VIEW)).toEqual(await storedNow(files));
      expect((await both("SELECT pane, m_visits FROM metric_days_in_berlin")).length).toBeGreaterThan(0);
    };
    await standsAs(manifests[0]!);
    const before = await both(VIEW);
    await more(80);
    manifests.push(published(await world.batch()));
    await standsAs(manifests[1]!);
    expect(await both(VIEW)).not.toEqual(before);

    await more(60);
    manifests.push(published(await world.batch({ spark: engine.engine(`${world.dir}/data/lake`) })));
    expect(manifests[2]!.metrics[pages!.hash]!.files.some(({ path }) => path.includes("/spark-"))).toBe(true);
    await standsAs(manifests[2]!);

    await revertTo({ data: world.data, generation: manifests[1]!.generation });
    await standsAs(manifests[1]!);
    for (let run = 0; run < 4; run++) {
      await more(20);
      manifests.push(published(await world.batch()));
    }
    await standsAs(manifests.at(-1)!);
    // what no generation names is gone, and the rows of kept ones that do not stand are not seen
    const files = (await world.data.lake.list(`generations/data/${pages!.hash}/`)).length;
    expect(files).toBeGreaterThan(manifests.at(-1)!.metrics[pages!.hash]!.files.length);
    expect(manifests.at(-1)!.metrics[berlin!.hash]!.files.length).toBeGreaterThan(0);
  });

  it("gives lists and wide sums as they are stored", async () => {
    world = await createWorld(SEED + 1, scheduleOf({ app: firstApp }));
    await more(100);
    published(await world.batch());
    await tellEngines(firstApp);
    const [sums] = await spark.ask(
      "SELECT sum(size(m_users)) AS users, sum(aggregate(m_stay, 0L, (n, bin) -> n + bin.n)) AS stays, CAST(sum(m_time) AS STRING) AS time FROM metric_pages",
    );
    const [same] = await world.duckdb.rows<Row>(
      "SELECT sum(len(m_users))::BIGINT AS users, sum(list_sum(list_transform(m_stay, bin -> bin.n)))::BIGINT AS stays, CAST(sum(m_time) AS VARCHAR) AS time FROM metric_pages",
    );
    expect(textsOf([sums!])).toEqual(textsOf([same!]));
    expect(Number(sums!["stays"])).toBeGreaterThan(0);
  });
});

const order1 = event("order", {
  item: t.string(),
  amount: t.integer(),
  note: t.optional(t.string()),
  buyer: t.object({ name: t.string(), age: t.integer() }),
});
/** `note` is dropped, `channel` is new, and so is `city`, within `buyer`; `age` is dropped there. */
const order2 = event(
  "order",
  {
    item: t.string(),
    amount: t.integer(),
    channel: t.string(),
    buyer: t.object({ name: t.string(), city: t.optional(t.string()) }),
  },
  { previous: order1, upcast: () => ({ channel: "shop" }) },
);

const appOf = (order: typeof order1 | typeof order2): AppDocument =>
  toAppDocument(
    defineApp({
      events: [order],
      metrics: [
        metric("orders", order as typeof order1, {
          by: (e) => ({ item: e.item }),
          measures: (e) => ({ orders: count(), amount: sum(e.amount) }),
        }),
      ],
      settings: { maxLate: "1h", maxAhead: "1h", eventBytesMax: 2000 },
    }),
  );

describe("changed schemas", () => {
  it("of raw files, new, dropped and nested fields, are read together by DuckDB and Spark", async () => {
    world = await createWorld(SEED + 2, scheduleOf({ app: appOf(order1) }));
    const expected: Row[] = [];
    const append = async (id: string, fields: Row): Promise<void> => {
      const body = { type: "order", id, time: world.nowMs, ...fields };
      await world.data.log.append([
        { partitionKey: id, data: Buffer.from(JSON.stringify(body)), arrivalMs: world.nowMs as never },
      ]);
      world.nowMs += 700;
    };
    for (let index = 0; index < 30; index++) {
      const id = `old${index}`;
      const age = world.dice.below(90);
      const note = world.dice.chance(0.5) ? "gift" : null;
      const amount = world.dice.below(1000);
      await append(id, {
        item: "x",
        amount,
        buyer: { name: `n${index}`, age },
        ...(note === null ? {} : { note }),
      });
      expected.push({ event_id: id, item: "x", amount, note, "buyer.name": `n${index}`, "buyer.age": age });
    }
    await world.heartbeats();
    await world.record();
    await world.land();
    published(await world.batch());
    const old = await world.data.lake.list("raw/");

    const fromMs = world.nowMs + 5000;
    world.nowMs += 6000;
    await world.publishApps(scheduleOf({ app: appOf(order1) }, { app: appOf(order2), fromMs }));
    for (let index = 0; index < 30; index++) {
      const id = `new${index}`;
      const city = world.dice.chance(0.5) ? "Köln" : null;
      const channel = world.dice.pick(["web", "shop"]);
      const buyer = { name: `m${index}`, ...(city === null ? {} : { city }) };
      await append(id, { item: 'it\'s "y"', amount: -index, channel, buyer });
      expected.push({
        event_id: id,
        item: 'it\'s "y"',
        amount: -index,
        channel,
        "buyer.name": `m${index}`,
        "buyer.city": city,
      });
    }
    await world.heartbeats();
    await world.record();
    await world.land();
    published(await world.batch());
    expect(old.length).toBeGreaterThan(0);
    expect((await world.data.lake.list("raw/")).length).toBeGreaterThan(old.length);

    await tellEngines(appOf(order2));
    const columns = ["item", "amount", "note", "channel", "buyer.name", "buyer.age", "buyer.city"];
    const select = (quote: string): string =>
      `SELECT event_id, ${columns.map((column) => `${quote}${column}${quote}`).join(", ")} FROM event_order`;
    const byDuckDb = textsOf(await world.duckdb.rows<Row>(select('"')));
    expect(byDuckDb).toEqual(textsOf(await spark.ask(select("`"))));
    expect(byDuckDb).toEqual(textsOf(expected));
    const [totals] = await spark.ask(
      "SELECT sum(m_orders) AS orders, sum(m_amount) AS amount FROM metric_orders",
    );
    expect(Number(totals!["orders"])).toBe(60);
    expect(Number(totals!["amount"])).toBe(expected.reduce((sum, { amount }) => sum + Number(amount), 0));
  });
});
