import { durationMs, epochMs, type ShardId } from "@freshet/model";
import { type TrendDocument, type TrendDocuments, trendName, type TrendPlace } from "@freshet/storage";
import { describe, expect, test } from "vitest";
import type { Reader } from "../reader/reader.js";
import { drain, FIVE_MINUTES, openProjector } from "../testing/projectorWorld.js";
import { expectedTrends, plainTrends } from "../testing/trendOracle.js";
import { aVisit, visitsApp } from "../testing/visits.js";
import { openWorld, until, type World } from "../testing/world.js";

const MINUTE = 60_000;
const T0 = Math.floor(1_750_000_000_000 / (60 * MINUTE)) * 60 * MINUTE;
const tickOf = (ms: number): number => ms / 1000;
const place = (toMs: number): TrendPlace => ({ metric: "visits", window: "5m", toMs: epochMs(toMs) });
const pagesOf = async (store: TrendDocuments, toMs: number) =>
  (await store.list(place(toMs))).map(({ document }) => String(document.key["page"])).sort();

/** Six minutes of events in one shard. */
const filled = async (): Promise<{ readonly world: World; readonly shard: ShardId }> => {
  const world = await openWorld(1);
  await world.publish(visitsApp);
  const [shard] = world.shards as [ShardId];
  for (const minute of [0, 1, 2, 3, 4, 5]) {
    const at = T0 + minute * MINUTE;
    await world.segment(shard, tickOf(at), [
      aVisit(at, "home"),
      aVisit(at, "home"),
      aVisit(at + 1, `page ${minute}`),
    ]);
  }
  world.nowMs = T0 + 6 * MINUTE;
  await world.tipAll();
  return { world, shard };
};

describe("the projector", () => {
  test("writes the first keys of each window that may still change, as a plain count has them", async () => {
    const { world } = await filled();
    const projector = openProjector(world, await world.reader(), [world.data.trends]);
    const done = await drain(projector);
    expect(done).toMatchObject({ removed: 0, superseded: 0, refused: [] });
    const events = world.segments.flatMap((segment) => segment.events);
    let documents = 0;
    for (let toMs = T0 - 4 * MINUTE; toMs <= T0 + 10 * MINUTE; toMs += MINUTE) {
      const isEnd = (toMs - T0) % (2 * MINUTE) === 0 && toMs <= T0 + 6 * MINUTE;
      const stored = await world.data.trends.list(place(toMs));
      const expected = isEnd ? expectedTrends(events, place(toMs), FIVE_MINUTES, 4) : [];
      expect(plainTrends(stored.map(({ document }) => document))).toEqual(expected);
      documents += stored.length;
    }
    expect(documents).toBe(done.written);
    expect(documents).toBeGreaterThan(8);
  });

  test("does nothing where nothing changed, and removes a key that left", async () => {
    const { world, shard } = await filled();
    const reader = await world.reader();
    const { trends } = world.data;
    const projector = openProjector(world, reader, [trends]);
    await drain(projector);
    expect(await drain(projector)).toMatchObject({ written: 0, removed: 0 });
    expect(await pagesOf(trends, T0 + 6 * MINUTE)).toEqual(["home", "page 1", "page 2", "page 3"]);
    const late = ["page 4", "page 5", "page 5"].map((page) => aVisit(T0 + 2 * MINUTE, page));
    const before = reader.version();
    await world.segment(shard, tickOf(T0 + 6 * MINUTE), late, { finished: false });
    await world.tipAll();
    await until(() => reader.version() !== before);
    expect(await drain(projector)).toMatchObject({ removed: expect.toSatisfy((n: number) => n > 0) });
    expect(await pagesOf(trends, T0 + 6 * MINUTE)).toEqual(["home", "page 1", "page 4", "page 5"]);
  });

  test("leaves what a successor wrote alone, however late it writes itself", async () => {
    const { world, shard } = await filled();
    const { trends } = world.data;
    const slow = openProjector(world, await world.reader(), [trends]);
    await drain(slow);
    const held: Parameters<TrendDocuments["write"]>[] = [];
    const frozen: TrendDocuments = {
      ...trends,
      list: async () => [],
      async write(writes) {
        held.push([writes]);
        return { written: writes.length, superseded: 0, refused: [] };
      },
    };
    const stale = openProjector(world, await world.reader(), [frozen], { top: 2 });
    await drain(stale);
    const reader = await world.reader();
    await world.segment(shard, tickOf(T0 + 6 * MINUTE), [aVisit(T0 + 5 * MINUTE, "new")], {
      finished: false,
    });
    await world.tipAll();
    await until(() => reader.status().ledger.accepted === 19);
    const successor = openProjector(world, reader, [trends], { top: 10 });
    await drain(successor);
    const whole = await trends.list(place(T0 + 6 * MINUTE));
    let superseded = 0;
    for (const [writes] of held) superseded += (await trends.write(writes)).superseded;
    expect(held.flat(2).length).toBeGreaterThan(5);
    expect(superseded).toBe(held.flat(2).length);
    expect(await trends.list(place(T0 + 6 * MINUTE))).toEqual(whole);
  });

  test("writes everything again over another generation: a revert wins", async () => {
    const { world, shard } = await filled();
    const reader = await world.reader();
    const { trends } = world.data;
    const projector = openProjector(world, reader, [trends]);
    const first = await drain(projector);
    await world.generation({ [shard]: tickOf(T0 + 2 * MINUTE) });
    await until(() => reader.status().generation?.generation === 1);
    expect((await drain(projector)).written).toBe(first.written);
    await world.generation({ [shard]: tickOf(T0 + 5 * MINUTE) });
    await until(() => reader.status().generation?.generation === 2);
    await drain(projector);
    const statusOf = async () => (await trends.list(place(T0 + 4 * MINUTE)))[0]?.document.status;
    expect(await statusOf()).toBe("settled");
    await world.point(1);
    await until(() => reader.status().generation?.generation === 1);
    await drain(projector);
    expect(await statusOf()).toBe("live");
  });

  test("does not go back to an older generation for a successor that has not read the newest yet", async () => {
    const { world, shard } = await filled();
    const reader = await world.reader();
    const { trends } = world.data;
    const before = reader.status();
    await world.generation({ [shard]: tickOf(T0 + 5 * MINUTE) });
    await until(() => reader.status().generation?.generation === 1);
    await drain(openProjector(world, reader, [trends]));
    const whole = await trends.list(place(T0 + 4 * MINUTE));
    expect(whole[0]?.document.status).toBe("settled");
    const behind: Reader = {
      ...reader,
      status: () => before,
      top: async (metric, question) => ({ ...(await reader.top(metric, question)), status: "live" }),
    };
    const done = await drain(openProjector(world, behind, [trends]));
    expect(done.superseded).toBe(done.written);
    expect(done.written).toBeGreaterThan(8);
    expect(await trends.list(place(T0 + 4 * MINUTE))).toEqual(whole);
  });

  test("follows late events into windows of long ago, until batch has settled them", async () => {
    const { world, shard } = await filled();
    const reader = await world.reader();
    const { trends } = world.data;
    const projector = openProjector(world, reader, [trends], { reopenMs: durationMs(MINUTE) });
    await drain(projector);
    await world.generation({ [shard]: tickOf(T0 + 5 * MINUTE) });
    await until(() => reader.status().generation?.generation === 1);
    await drain(projector);
    const tick = tickOf(T0 + 60 * MINUTE);
    const accepted = reader.status().ledger.accepted;
    await world.segment(shard, tick, [aVisit(T0 + 60 * MINUTE, "now"), aVisit(T0 + MINUTE, "late")]);
    await world.tipAll();
    await until(() => reader.status().ledger.accepted === accepted + 2);
    await drain(projector);
    const events = world.segments.flatMap((segment) => segment.events);
    const check = async (status: string): Promise<void> => {
      for (const toMs of [T0 + 2 * MINUTE, T0 + 4 * MINUTE, T0 + 6 * MINUTE]) {
        const stored = (await trends.list(place(toMs))).map(({ document }) => document);
        expect(plainTrends(stored)).toEqual(expectedTrends(events, place(toMs), FIVE_MINUTES, 4));
        expect(new Set(stored.map((document) => document.status))).toEqual(new Set([status]));
      }
    };
    await check("live");
    await world.segment(shard, tick + 1, []);
    await world.generation({ [shard]: tick + 1 });
    await world.tipAll();
    await until(() => reader.status().generation?.generation === 2);
    await drain(projector);
    await check("settled");
  });

  test("keeps a watched key, also without a rank or an event", async () => {
    const { world } = await filled();
    const { trends } = world.data;
    const watch = ["home", "page 5", "never seen"].map((page) => ({ metric: "visits", key: { page } }));
    await drain(openProjector(world, await world.reader(), [trends], { top: 2, watch }));
    const found = (await trends.list(place(T0 + 6 * MINUTE))).map(({ document }) => [
      document.key["page"],
      document.rank,
      document.watched,
      document.values["views"],
    ]);
    expect(found.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))).toEqual([
      ["home", 1, true, 10],
      ["never seen", null, true, 0],
      ["page 1", 2, false, 1],
      ["page 5", null, true, 1],
    ]);
  });

  test("writes again what was lost from a store, and takes out what is not its own", async () => {
    const { world } = await filled();
    const { trends } = world.data;
    const projector = openProjector(world, await world.reader(), [trends]);
    await drain(projector);
    const whole = await trends.list(place(T0 + 6 * MINUTE));
    await trends.expire(epochMs(T0 + 60 * MINUTE));
    const stray: TrendDocument = { ...(whole[0]?.document as TrendDocument), key: { page: "stray" } };
    await trends.write([{ kind: "put", name: trendName(stray), version: 1n, document: stray }]);
    expect(await drain(projector)).toMatchObject({ written: 0 });
    world.nowMs += 61_000;
    await world.tipAll();
    await drain(projector);
    expect(await trends.list(place(T0 + 6 * MINUTE))).toEqual(whole);
  });

  test("goes on with one store while another fails, and catches up with that one later", async () => {
    const { world } = await filled();
    const { trends } = world.data;
    let isDown = true;
    const other = new Map<string, unknown>();
    const flaky: TrendDocuments = {
      ...trends,
      list: async () => [],
      async write(writes) {
        if (isDown) throw new Error("down");
        for (const { name } of writes) other.set(name.id, name);
        return { written: writes.length, superseded: 0, refused: [] };
      },
    };
    const projector = openProjector(world, await world.reader(), [trends, flaky]);
    const report = await projector.step();
    expect(report.failures.length).toBeGreaterThan(0);
    expect(report.waiting).toBeGreaterThan(0);
    expect(await pagesOf(trends, T0 + 6 * MINUTE)).toHaveLength(4);
    isDown = false;
    await drain(projector);
    expect(other.size).toBeGreaterThan(8);
  });
});
