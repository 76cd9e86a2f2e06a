import {
  type AppDocument,
  count,
  countDistinct,
  defineApp,
  event,
  type GenerationManifest,
  metric,
  type MetricType,
  quantiles,
  sum,
  t,
  toAppDocument,
} from "@freshet/model";
import { afterEach, describe, expect, it } from "vitest";
import { firstApp } from "../testing/apps.js";
import { published } from "../testing/expect.js";
import { storedGroups } from "../testing/stored.js";
import { createWorld, scheduleOf, type World } from "../testing/world.js";
import { compareGenerations } from "./compare.js";

const DAY_MS = 86_400_000;

let world: World;
afterEach(() => world.close());

const more = async (events = 80): Promise<GenerationManifest> => {
  await world.emit(events);
  await world.heartbeats();
  await world.heartbeats();
  await world.record();
  await world.land();
  return published(await world.batch());
};

const compare = (first: GenerationManifest, second: GenerationManifest) =>
  compareGenerations(world.data, world.duckdb, [first.generation, second.generation]);

/** The same by plain maps. */
const plainly = async (metricOf: AppDocument["metrics"][number], pair: readonly GenerationManifest[]) => {
  const [a, b] = await Promise.all(
    pair.map((manifest) => storedGroups(world.duckdb, world.data.lake, manifest, metricOf)),
  );
  const groups = [...new Set([...a!.keys(), ...b!.keys()])];
  const unlike = groups.filter((group) => a!.get(group) !== b!.get(group));
  const dayOf = (group: string): string =>
    new Date(Math.floor(Number(group.split(" ")[0]) / DAY_MS) * DAY_MS).toISOString().slice(0, 10);
  return {
    metric: metricOf.name,
    definitions: [metricOf.hash, metricOf.hash],
    groups: [a!.size, b!.size],
    onlyFirst: unlike.filter((group) => !b!.has(group)).length,
    onlySecond: unlike.filter((group) => !a!.has(group)).length,
    differing: unlike.filter((group) => a!.has(group) && b!.has(group)).length,
    days: [...new Set(unlike.map(dayOf))].sort().slice(0, 10),
  };
};

const visits = event("visit", {
  page: t.string(),
  user: t.string(),
  ms: t.integer(),
  returning: t.optional(t.boolean()),
});
const pages = metric("pages", visits, {
  by: (e) => ({ page: e.page }),
  measures: (e) => ({ visits: count(), time: sum(e.ms) }),
});
const pagesAnew = metric("pages", visits, {
  by: (e) => ({ page: e.page, user: e.user }),
  measures: (e) => ({ visits: count(), time: sum(e.ms), users: countDistinct(e.user) }),
});
const gone = metric("gone", visits, { by: () => ({}), measures: () => ({ visits: count() }) });
const added = metric("added", visits, { by: () => ({}), measures: (e) => ({ stay: quantiles(e.ms) }) });
const appOf = (...metrics: readonly MetricType[]): AppDocument =>
  toAppDocument(
    defineApp({
      events: [visits],
      metrics,
      settings: { maxLate: "1h", maxAhead: "1m", eventBytesMax: 2000 },
    }),
  );

describe("two generations", () => {
  it.each([1, 2])("differ in the groups in which plain maps do (seed %i)", async (seed) => {
    world = await createWorld(seed, scheduleOf({ app: firstApp }));
    const first = await more();
    const second = await more();
    const compared = await compare(first, second);
    expect(compared.ledgers).toEqual([first.ledger, second.ledger]);
    let unlike = 0;
    for (const definition of firstApp.metrics) {
      const found = compared.metrics.find(({ metric: name }) => name === definition.name);
      const { totals, ...rest } = found!;
      expect(rest).toEqual(await plainly(definition, [first, second]));
      expect(totals.find(({ measure }) => measure === "visits")?.values[1]).toBeGreaterThan(
        Number(totals.find(({ measure }) => measure === "visits")?.values[0]),
      );
      unlike += rest.onlySecond * rest.differing;
    }
    expect(unlike).toBeGreaterThan(10);
    const { metrics: turned } = await compare(second, first);
    expect(turned.map(({ onlyFirst }) => onlyFirst)).toEqual(
      compared.metrics.map(({ onlySecond }) => onlySecond),
    );
  });

  it("are the same where one is a rebuild of the other, in files of its own", async () => {
    world = await createWorld(3, scheduleOf({ app: firstApp }));
    const first = await more();
    const rebuilt = published(await world.batch({ rebuild: true }));
    const { metrics } = await compare(first, rebuilt);
    expect(metrics).toHaveLength(2);
    for (const { onlyFirst, onlySecond, differing, days, groups } of metrics) {
      expect({ onlyFirst, onlySecond, differing, days }).toEqual({
        onlyFirst: 0,
        onlySecond: 0,
        differing: 0,
        days: [],
      });
      expect(groups[0]).toBeGreaterThan(0);
    }
  });

  it("tell of a metric that was changed, added or dropped in between", async () => {
    const before = appOf(pages, gone);
    world = await createWorld(4, scheduleOf({ app: before }));
    const first = await more();
    world.nowMs += 6000;
    await world.publishApps(
      scheduleOf({ app: before }, { app: appOf(pagesAnew, added), fromMs: world.nowMs - 1000 }),
    );
    const second = await more();
    const { metrics } = await compare(first, second);
    const told = Object.fromEntries(metrics.map((one) => [one.metric, one]));
    expect(Object.keys(told)).toEqual(["added", "gone", "pages"]);
    expect(told["added"]).toMatchObject({ definitions: [null, added.definition.hash], totals: [] });
    expect(told["added"]?.onlySecond).toBe(told["added"]?.groups[1]);
    expect(told["gone"]).toMatchObject({ definitions: [gone.definition.hash, null] });
    expect(told["gone"]?.onlyFirst).toBe(told["gone"]?.groups[0]);
    expect(told["pages"]).toMatchObject({
      definitions: [pages.definition.hash, pagesAnew.definition.hash],
      onlyFirst: 0,
      onlySecond: 0,
      differing: 0,
      totals: [
        { measure: "visits", values: [first.ledger.accepted, second.ledger.accepted] },
        { measure: "time" },
      ],
    });
    expect(told["pages"]?.groups[1]).toBeGreaterThan(told["pages"]?.groups[0] ?? 0);
  });

  it("are compared only while they are kept", async () => {
    world = await createWorld(5, scheduleOf({ app: firstApp }));
    const first = await more(30);
    const second = await more(30);
    await expect(compare(first, { ...second, generation: 9 })).rejects.toThrow(
      "generation 9 is not kept; kept are 1, 2",
    );
  });
});
