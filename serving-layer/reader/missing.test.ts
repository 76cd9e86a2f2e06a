import { generationPath, type Missing, type ShardId } from "@freshet/model";
import { expect, test } from "vitest";
import { aVisit, byPage, visitsApp } from "../testing/visits.js";
import { openWorld, until, type World } from "../testing/world.js";

const MINUTE = 60_000;
const T0 = Math.floor(1_750_000_000_000 / (60 * MINUTE)) * 60 * MINUTE;
const tickOf = (ms: number): number => ms / 1000;
const at = (ms: number): string => new Date(ms).toISOString();

interface TwoShards extends World {
  readonly a: ShardId;
  readonly b: ShardId;
}

/** Settled through the first minute; each shard holds one event of the second minute after the cut. */
const settledAndLive = async (lake = false): Promise<TwoShards> => {
  const world = await openWorld(2);
  world.nowMs = T0 + 3 * MINUTE;
  await world.publish(visitsApp);
  const [a, b] = world.shards as [ShardId, ShardId];
  for (const shard of [a, b]) {
    await world.segment(shard, tickOf(T0), [aVisit(T0, "x")], { lake });
    await world.segment(shard, tickOf(T0 + MINUTE), [], { lake });
    await world.segment(shard, tickOf(T0 + MINUTE) + 1, [aVisit(T0 + MINUTE, "x")], { lake });
  }
  await world.generation({ [a]: tickOf(T0 + MINUTE), [b]: tickOf(T0 + MINUTE) });
  await world.tipAll();
  return Object.assign(world, { a, b });
};

/** The answer for the first, settled minute, and for the second, live one. */
const both = async (world: World, settings = {}) => {
  const reader = await world.reader(settings);
  const ask = (end: number) => reader.top("visits", { window: "1m", at: at(end) });
  return { reader, first: () => ask(T0 + MINUTE), second: () => ask(T0 + 2 * MINUTE) };
};

const kinds = (missing: readonly Missing[]): string[] => missing.map(({ kind }) => kind);

test("whole: settled, then live", async () => {
  const { first, second } = await both(await settledAndLive());
  expect(await first()).toMatchObject({ status: "settled", missing: [], rows: [{ values: { views: 2 } }] });
  expect(await second()).toMatchObject({ status: "live", missing: [], rows: [{ values: { views: 2 } }] });
});

test("a segment taken away: partial, after the last sequence that was read", async () => {
  const world = await settledAndLive();
  await world.segment(world.a, tickOf(T0 + MINUTE) + 2, [aVisit(T0 + MINUTE, "x")]);
  await world.tipAll();
  const last = world.segments.find(
    ({ tick, shard }) => shard === world.a && tick === tickOf(T0 + MINUTE),
  )?.last;
  const segments = world.data.increments.segments.bind(world.data.increments);
  world.data.increments.segments = async (...asked) =>
    (await segments(...asked)).filter(
      ({ shard, tick }) => shard !== world.a || tick !== tickOf(T0 + MINUTE) + 1,
    );
  const { first, second } = await both(world);
  for (const answer of [await first(), await second()]) {
    expect(answer.status).toBe("partial");
    expect(answer.missing).toMatchObject([{ kind: "segments", shard: world.a, after: last }]);
  }
  expect((await second()).rows[0]?.values).toMatchObject({ views: 1 });
  world.data.increments.segments = segments;
  await until(async () => (await second()).status === "live");
  expect((await second()).rows[0]?.values).toMatchObject({ views: 3 });
});

test("the last segment taken away: the chain is shorter than its tip", async () => {
  const world = await settledAndLive();
  const segments = world.data.increments.segments.bind(world.data.increments);
  world.data.increments.segments = async (...asked) =>
    (await segments(...asked)).filter(
      ({ shard, tick }) => shard !== world.b || tick !== tickOf(T0 + MINUTE) + 1,
    );
  const { second } = await both(world);
  expect(await second()).toMatchObject({
    status: "partial",
    missing: [{ kind: "segments", shard: world.b }],
    rows: [{ values: { views: 1 } }],
  });
});

test("a body taken away, or damaged: partial, the segment named", async () => {
  const world = await settledAndLive(true);
  const name = `bodies/${world.a}-${tickOf(T0 + MINUTE) + 1}-0-1.bin`;
  await world.data.lake.remove(name);
  const { second } = await both(world);
  const [missing] = (await second()).missing;
  expect(missing).toMatchObject({ kind: "segments", shard: world.a });
  expect(JSON.stringify(missing)).toContain(`${tickOf(T0 + MINUTE) + 1}.0 cannot be read`);
  await world.data.lake.put(name, Buffer.from("damaged"));
  await until(async () => JSON.stringify((await second()).missing).includes("not"));
  expect((await second()).status).toBe("partial");
});

test("a stale tip: past the cut partial, naming when it was seen; settled ranges are left alone", async () => {
  const world = await settledAndLive();
  const { reader, first, second } = await both(world, { staleAfterMs: 2_000 });
  expect((await second()).status).toBe("live");
  const seen = at(world.nowMs);
  world.nowMs += 2_500;
  await world.tip(world.b);
  await until(() => reader.status().missing.length === 1);
  expect((await second()).missing).toEqual([{ kind: "stale_tip", shard: world.a, lastSeen: seen }]);
  expect(await first()).toMatchObject({ status: "settled", missing: [] });
});

test("a shard that has no tip yet: partial", async () => {
  const world = await openWorld(1);
  await world.publish(visitsApp);
  const { second } = await both(world);
  expect((await second()).missing).toEqual([{ kind: "stale_tip", shard: world.shards[0], lastSeen: null }]);
});

test("groups too many to be named: partial by overflow where they touch, never a row", async () => {
  const world = await settledAndLive();
  await world.segment(world.a, tickOf(T0 + MINUTE) + 2, [aVisit(T0 + MINUTE, "hidden")], { overflow: true });
  await world.segment(world.b, tickOf(T0 + MINUTE) + 2, [aVisit(T0 + 2 * MINUTE, "hidden")], {
    overflow: true,
    finished: false,
  });
  await world.tipAll();
  const { reader, first, second } = await both(world);
  expect((await first()).status).toBe("settled");
  expect(await second()).toMatchObject({
    status: "partial",
    missing: [{ kind: "overflow", shard: world.a }],
    rows: [{ key: { page: "x" } }],
  });
  const series = await reader.series("visits", { key: { page: "x" }, from: at(T0), to: at(T0 + 3 * MINUTE) });
  expect(series.points.map(({ status }) => status)).toEqual(["settled", "partial", "partial"]);
  expect(kinds(series.missing)).toEqual(["overflow", "overflow"]);
});

test("a gap of the log: partial, from where to where", async () => {
  const world = await settledAndLive();
  const gap = { after: null, until: null };
  const segments = world.data.increments.segments.bind(world.data.increments);
  world.data.increments.segments = async (...asked) =>
    (await segments(...asked)).map((record) =>
      record.shard === world.a && record.tick === tickOf(T0 + MINUTE) + 1 ? { ...record, gap } : record,
    );
  const { second } = await both(world);
  expect((await second()).missing).toEqual([{ kind: "gap", shard: world.a, ...gap }]);
});

test("a manifest taken away: the generation is named, and what can be read is answered", async () => {
  const world = await settledAndLive();
  const { reader, second } = await both(world);
  await world.data.lake.remove(generationPath(2)).catch(() => undefined);
  await world.point(2);
  await until(async () => (await second()).status === "partial");
  expect(kinds((await second()).missing)).toEqual(["generation"]);
  expect((await second()).rows[0]?.values).toMatchObject({ views: 2 });
  await world.point(1);
  await until(async () => (await second()).status === "live");
  expect(reader.status().missing).toEqual([]);
});

test("a generation's file taken away: partial, the generation is named, and live is answered", async () => {
  const world = await settledAndLive();
  for (const path of await world.data.lake.list(`generations/data/${byPage.hash}`))
    await world.data.lake.remove(path);
  const { reader, first } = await both(world);
  expect(await first()).toMatchObject({ status: "partial", missing: [{ kind: "generation" }], rows: [] });
  const series = await reader.series("visits", { key: { page: "x" }, from: at(T0), to: at(T0 + 2 * MINUTE) });
  expect(series.points.map(({ status, values }) => [status, values["views"]])).toEqual([
    ["partial", 0],
    ["partial", 2],
  ]);
});
