import {
  type AppDocument,
  count,
  countDistinct,
  defineApp,
  event,
  lookup,
  metric,
  type Schedule,
  t,
  type Tick,
  toAppDocument,
} from "@freshet/model";
import { afterEach, describe, expect, it } from "vitest";
import { published } from "../testing/expect.js";
import { expectedOf } from "../testing/oracle.js";
import { readPlainly } from "../testing/plainRecount.js";
import { contentOf, storedBaseline } from "../testing/stored.js";
import { createWorld, scheduleOf, type World } from "../testing/world.js";

let world: World;
afterEach(() => world.close());

const more = async (): Promise<void> => {
  await world.emit(60);
  await world.heartbeats();
  await world.heartbeats();
  await world.record();
  await world.land();
};

const visits = event("visit", {
  page: t.string(),
  user: t.string(),
  ms: t.integer(),
  returning: t.optional(t.boolean()),
});
const region = lookup("region", { key: t.string(), value: t.string() });

const appWith = (trend?: { readonly on: "visits" | "users" }): AppDocument =>
  toAppDocument(
    defineApp({
      events: [visits],
      metrics: [
        metric("users", visits, {
          by: (e) => ({ page: e.page }),
          measures: (e) => ({ visits: count(), users: countDistinct(e.user) }),
          ...(trend ? { trend } : {}),
        }),
      ],
      settings: { maxLate: "1h", maxAhead: "1m", eventBytesMax: 2000 },
    }),
  );

describe("a trend", () => {
  it("that is added to a metric, or is about another measure, is counted from the beginning", async () => {
    world = await createWorld(1, scheduleOf({ app: appWith() }));
    expect(appWith().metrics[0]!.hash).toBe(appWith({ on: "users" }).metrics[0]!.hash);
    await more();
    const without = published(await world.batch());
    expect(Object.values(without.metrics)[0]!.trend).toBeNull();
    for (const on of ["users", "visits"] as const) {
      const before = world.schedule.revisions.map(({ app }) => ({ app }));
      const schedule = scheduleOf(...before, { app: appWith({ on }) });
      await world.publishApps(schedule);
      await more();
      const manifest = published(await world.batch());
      const definition = appWith({ on }).metrics[0]!;
      const expected = expectedOf(
        await readPlainly(world.data.log, schedule),
        manifest,
        [definition],
        ({ body }) => JSON.parse(body),
      );
      expect(expected.baselines["users"]!.size).toBeGreaterThan(3);
      expect(await storedBaseline(world.duckdb, world.data.lake, manifest, definition)).toEqual(
        expected.baselines["users"],
      );
    }
  });
});

describe("a lookup", () => {
  it("has the version that the schedule gives an event's tick", async () => {
    const app = toAppDocument(
      defineApp({
        events: [visits],
        lookups: [region],
        metrics: [
          metric("regions", visits, {
            by: (e) => ({ region: region.of(e.page) }),
            measures: () => ({ visits: count() }),
          }),
        ],
        settings: { maxLate: "1h", maxAhead: "1m" },
      }),
    );
    const plain = scheduleOf({ app });
    world = await createWorld(2, plain);
    await world.data.lake.put("lookups/1.json", Buffer.from(JSON.stringify({ "/a": "north", "/b": "it's" })));
    await world.data.lake.put("lookups/2.json", Buffer.from(JSON.stringify({ "/a": "south" })));
    await world.emit(80);
    const changesAt = Math.floor(world.nowMs / 1000) as Tick;
    const schedule: Schedule = {
      ...plain,
      lookups: [
        { lookup: "region", fromTick: -1 as Tick, path: "lookups/1.json" },
        { lookup: "region", fromTick: changesAt, path: "lookups/2.json" },
      ],
    };
    await world.publishApps(schedule);
    await world.emit(80);
    await world.heartbeats();
    await world.heartbeats();
    await world.record();
    await world.land();
    const manifest = published(await world.batch());
    const { standing } = expectedOf(await readPlainly(world.data.log, schedule), manifest, [], () => ({}));
    const counts = new Map<string | null, number>();
    for (const { key, body } of standing) {
      const { page } = JSON.parse(body) as { page: string };
      const first = page === "/a" ? "north" : page === "/b" ? "it's" : null;
      const found = key.tick >= changesAt ? (page === "/a" ? "south" : null) : first;
      counts.set(found, (counts.get(found) ?? 0) + 1);
    }
    const [files] = Object.values(manifest.metrics);
    const local = await Promise.all(files!.files.map(({ path }) => world.data.lake.local(path)));
    const rows = await world.duckdb.rows<{ region: string | null; visits: number }>(
      `SELECT k_region AS region, sum(m_visits)::BIGINT AS visits FROM read_parquet([${local.map((file) => `'${file}'`).join(", ")}]) GROUP BY ALL`,
    );
    expect(new Map(rows.map((row) => [row.region, row.visits]))).toEqual(counts);
    expect(new Set(counts.keys())).toEqual(new Set([null, "it's", "north", "south"]));
    const content = await contentOf(world.duckdb, world.data.lake, manifest);
    const rebuilt = published(await world.batch({ rebuild: true }));
    expect(await contentOf(world.duckdb, world.data.lake, rebuilt)).toEqual(content);
  });
});
