import type { ShardId } from "@freshet/model";
import { expect, test } from "vitest";
import { aVisit, byPage, visitsApp, visitsAppWithTotals } from "../testing/visits.js";
import { openWorld, until, type World } from "../testing/world.js";

const MINUTE = 60_000;
/** A minute's start; ticks are seconds. */
const T0 = Math.floor(1_750_000_000_000 / (60 * MINUTE)) * 60 * MINUTE;
const tickOf = (ms: number): number => ms / 1000;
const at = (ms: number): string => new Date(ms).toISOString();

const twoShards = async (): Promise<World & { readonly a: ShardId; readonly b: ShardId }> => {
  const world = await openWorld(2);
  world.nowMs = T0 + 3 * MINUTE;
  await world.publish(visitsApp);
  const [a, b] = world.shards as [ShardId, ShardId];
  return Object.assign(world, { a, b });
};

/** Two minutes of events in both shards, then a heartbeat's segment a minute later. */
const filled = async () => {
  const world = await twoShards();
  await world.segment(world.a, tickOf(T0), [aVisit(T0 + 1, "x"), aVisit(T0 + 2, "y", 5)]);
  await world.segment(world.b, tickOf(T0), [aVisit(T0 + 3, "x", 7)]);
  await world.segment(world.a, tickOf(T0 + MINUTE), [aVisit(T0 + MINUTE, "y")]);
  await world.segment(world.b, tickOf(T0 + 2 * MINUTE), []);
  await world.segment(world.a, tickOf(T0 + 2 * MINUTE), []);
  await world.tipAll();
  return world;
};

test("adds the shards' increments to a live answer", async () => {
  const world = await filled();
  const reader = await world.reader();
  const answer = await reader.top("visits", { window: "2m", at: at(T0 + 2 * MINUTE), by: "bytes" });
  expect(answer).toMatchObject({
    status: "live",
    missing: [],
    batchThrough: null,
    covers: { from: at(T0), to: at(T0 + 2 * MINUTE) },
    rows: [
      { key: { page: "x" }, values: { views: 2, bytes: 8 }, score: null },
      { key: { page: "y" }, values: { views: 2, bytes: 6 } },
    ],
  });
});

test("settles a range that every cut has passed, and no later", async () => {
  const world = await filled();
  await world.generation({
    [world.a]: tickOf(T0 + MINUTE),
    [world.b]: tickOf(T0 + 2 * MINUTE),
  });
  const reader = await world.reader();
  const ask = (end: number) => reader.top("visits", { window: "1m", at: at(end), by: "views" });
  expect(await ask(T0 + MINUTE)).toMatchObject({
    status: "settled",
    batchThrough: at(T0 + MINUTE),
    rows: [
      { key: { page: "x" }, values: { views: 2, bytes: 8 } },
      { key: { page: "y" }, values: { views: 1, bytes: 5 } },
    ],
  });
  expect(await ask(T0 + 2 * MINUTE)).toMatchObject({ status: "live", rows: [{ values: { views: 1 } }] });
});

test("turns a settled range live again when a late event touches it", async () => {
  const world = await filled();
  await world.generation({ [world.a]: tickOf(T0 + 2 * MINUTE), [world.b]: tickOf(T0 + 2 * MINUTE) });
  const reader = await world.reader();
  const ask = () => reader.series("visits", { key: { page: "x" }, from: at(T0), to: at(T0 + 2 * MINUTE) });
  expect((await ask()).points.map(({ status, values }) => [status, values["views"]])).toEqual([
    ["settled", 2],
    ["settled", 0],
  ]);
  const before = reader.version();
  await world.segment(world.b, tickOf(T0 + 3 * MINUTE), [aVisit(T0 + 30_000, "x")], { finished: false });
  await world.tip(world.b);
  await until(() => reader.version() !== before);
  const answer = await ask();
  expect(answer.status).toBe("live");
  expect(answer.points.map(({ status, values }) => [status, values["views"]])).toEqual([
    ["live", 3],
    ["settled", 0],
  ]);
});

test("replaces an open segment's share when its record grows, and keeps it once when it finishes", async () => {
  const world = await twoShards();
  await world.segment(world.a, tickOf(T0), [aVisit(T0, "x")], { finished: false });
  await world.segment(world.b, tickOf(T0), [], { finished: true });
  await world.tipAll();
  const reader = await world.reader();
  const views = async () =>
    (await reader.value("visits", { key: { page: "x" }, window: "1m", at: at(T0 + 1) })).values["views"];
  expect(await views()).toBe(1);
  const three = [aVisit(T0, "x"), aVisit(T0 + 1, "x"), aVisit(T0 + 2, "x")];
  await world.segment(world.a, tickOf(T0), three, { finished: false });
  await until(async () => (await views()) === 3);
  await world.segment(world.a, tickOf(T0), [...three, aVisit(T0 + 3, "x")], { finished: true });
  await until(async () => (await views()) === 4);
  await world.segment(world.a, tickOf(T0 + 1000), three, { finished: false });
  await until(async () => (await views()) === 7);
});

test("lets a key of an open segment that stays as it is go with its pane, when another shard's events move the window", async () => {
  const world = await twoShards();
  const open = [aVisit(T0, "late"), aVisit(T0 + MINUTE, "early")];
  await world.segment(world.a, tickOf(T0 + MINUTE), open, { finished: false });
  await world.segment(world.b, tickOf(T0 + MINUTE), [aVisit(T0 + MINUTE, "x")]);
  await world.tipAll();
  const reader = await world.reader();
  const pages = async () =>
    (await reader.top("visits", { window: "2m", by: "views" })).rows.map(({ key }) => key["page"]);
  expect(await pages()).toEqual(["early", "late", "x"]);
  await world.segment(world.b, tickOf(T0 + 2 * MINUTE), [aVisit(T0 + 2 * MINUTE, "x")]);
  await until(async () => (await pages())[0] === "x");
  expect(await pages()).toEqual(["x", "early"]);
});

test("keeps two segments of equal bodies apart", async () => {
  const world = await twoShards();
  for (const second of [0, 1, 2]) {
    await world.segment(world.a, tickOf(T0) + second, [aVisit(T0 + 5, "x")], { finished: second < 2 });
  }
  await world.segment(world.b, tickOf(T0), []);
  await world.tipAll();
  const reader = await world.reader();
  const views = async () =>
    (await reader.value("visits", { key: { page: "x" }, window: "1m", at: at(T0 + 1) })).values["views"];
  expect(await views()).toBe(3);
  await world.segment(world.a, tickOf(T0) + 2, [aVisit(T0 + 5, "x")], { finished: true });
  await world.segment(world.a, tickOf(T0) + 3, [aVisit(T0 + 5, "x")], { finished: false });
  await until(async () => (await views()) === 4);
});

test("answers the same before a generation and after it, and after going back", async () => {
  const world = await filled();
  const reader = await world.reader();
  const rows = async () =>
    (await reader.top("visits", { window: "10m", at: at(T0 + 5 * MINUTE), by: "views" })).rows;
  const live = await rows();
  const generationOf = () => reader.status().generation?.generation;
  await world.generation({ [world.a]: tickOf(T0), [world.b]: tickOf(T0) });
  await until(() => generationOf() === 1);
  expect(await rows()).toEqual(live);
  await world.generation({ [world.a]: tickOf(T0 + 2 * MINUTE), [world.b]: tickOf(T0 + 2 * MINUTE) });
  await until(() => generationOf() === 2);
  expect(await rows()).toEqual(live);
  await world.point(1);
  await until(() => generationOf() === 1);
  expect(await rows()).toEqual(live);
  expect(reader.status()).toMatchObject({
    ledger: { events: 4, accepted: 4 },
    settledLedger: { events: 3 },
    generation: { pointerRevision: 3 },
  });
});

test("uses a child's increments only when each parent has been read to its end", async () => {
  const world = await twoShards();
  const children = ["shardId-000000000008"] as ShardId[];
  const child = children[0] as ShardId;
  await world.segment(world.a, tickOf(T0), [aVisit(T0, "x")], { children });
  await world.segment(world.b, tickOf(T0), [aVisit(T0, "x")]);
  await world.segment(child, tickOf(T0 + 1000), [aVisit(T0, "x")]);
  await world.tipAll();
  const shards = world.data.log.shards.bind(world.data.log);
  const merged = {
    id: child,
    parents: [world.a, world.b],
    hashRange: { first: 0n, last: 0n },
    closed: false,
  };
  world.data.log.shards = async () => [...(await shards()), merged];
  const reader = await world.reader();
  const ask = () => reader.value("visits", { key: { page: "x" }, window: "1m", at: at(T0 + 1) });
  expect(await ask()).toMatchObject({
    status: "partial",
    values: { views: 2 },
    missing: [{ kind: "shard", shard: child }],
  });
  await world.segment(world.b, tickOf(T0 + 1000), [], { children });
  await until(async () => (await ask()).status === "live");
  expect((await ask()).values).toEqual({ views: 3, bytes: 3 });
});

test("counts a metric that is new in the app as partial where older segments did not fold it", async () => {
  const world = await filled();
  await world.publish(visitsApp, visitsAppWithTotals);
  const reader = await world.reader();
  const totals = await reader.value("totals", { key: {}, window: "2m", at: at(T0 + 2 * MINUTE) });
  expect(totals.status).toBe("partial");
  expect(totals.missing.map(({ kind }) => kind)).toEqual(["metric_not_folded", "metric_not_folded"]);
  expect(await reader.top("visits", { window: "2m", at: at(T0 + 2 * MINUTE) })).toMatchObject({
    status: "live",
  });
});

test("says that a question names nothing there is, and what was meant", async () => {
  const world = await filled();
  const reader = await world.reader();
  const failure = async (ask: () => Promise<unknown>) => ask().catch((error: Error) => error.message);
  expect(await failure(() => reader.top("visit", {}))).toBe('unknown metric "visit": did you mean "visits"?');
  expect(await failure(() => reader.top("visits", { by: "view" }))).toContain('did you mean "views"?');
  expect(await failure(() => reader.series("visits", { key: { pge: "x" } }))).toContain(
    'did you mean "page"?',
  );
  expect(await failure(() => reader.series("visits", { key: {} }))).toContain("key=page=VALUE");
  expect(await failure(() => reader.top("visits", { window: "90s" }))).toContain("whole number");
  expect(
    await failure(() =>
      reader.series("visits", { key: { page: "x" }, from: "2000-01-01", to: "2020-01-01" }),
    ),
  ).toContain("more than 10000 points");
  expect(byPage.paneMs).toBe(MINUTE);
});

test("takes the newest event's pane as the end of a window, and says so", async () => {
  const world = await filled();
  const reader = await world.reader();
  expect(await reader.top("visits", { window: "1m" })).toMatchObject({
    at: at(T0 + MINUTE),
    atDefaulted: true,
    covers: { from: at(T0 + MINUTE), to: at(T0 + 2 * MINUTE) },
    rows: [{ key: { page: "y" } }],
  });
});
