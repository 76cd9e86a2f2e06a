import { revertTo, writeOff } from "@freshet/batch-layer";
import {
  type AppDocument,
  count,
  defineApp,
  event,
  type EpochMs,
  metric,
  type ShardId,
  t,
  toAppDocument,
} from "@freshet/model";
import { afterEach, describe, expect, it } from "vitest";
import { type Line, openLine } from "./line.js";

const T0 = Date.parse("2026-03-01T00:00:00Z");
const MINUTE_MS = 60_000;

const view = event("view", { page: t.string(), user: t.string() });
const byPage = metric("by-page", view, {
  by: (e) => ({ page: e.page }),
  measures: () => ({ views: count() }),
  pane: "1m",
  groupsMax: 3,
});
const byUser = metric("by-user", view, {
  by: (e) => ({ user: e.user }),
  measures: () => ({ views: count() }),
  pane: "1m",
});
const firstApp: AppDocument = toAppDocument(defineApp({ name: "first", events: [view], metrics: [byPage] }));
const secondApp: AppDocument = toAppDocument(
  defineApp({ name: "first", events: [view], metrics: [byPage, byUser] }),
);

const trendApp: AppDocument = toAppDocument(
  defineApp({
    name: "first",
    events: [view],
    metrics: [
      metric("by-page", view, {
        by: (e) => ({ page: e.page }),
        measures: () => ({ views: count() }),
        pane: "1m",
        groupsMax: 3,
        trend: { on: "views" },
      }),
    ],
  }),
);

let events = 0;
const viewAt = (timeMs: number, page = "a", id = `v${events++}`): object => ({
  type: "view",
  id,
  time: new Date(timeMs).toISOString(),
  page,
  user: "u",
});

let line: Line;
afterEach(() => line.close());

const total = (metricName: string, endMs: number, window = "1h") =>
  line.asked(async (reader) => {
    const answer = await reader.top(metricName, {
      window,
      at: new Date(endMs).toISOString(),
      by: "views",
      limit: 1000,
    });
    const views = answer.rows.reduce((sum, { values }) => sum + Number(values["views"]), 0);
    return { views, status: answer.status, missing: answer.missing.map(({ kind }) => kind) };
  });

describe("a metric of a new revision", () => {
  it("is whole where segments of the old one hold no event", async () => {
    line = await openLine({ app: firstApp });
    const [a, b] = (await line.open()) as [ShardId, ShardId];
    const now = Date.now();
    await line.append(a, now - 60_000, [viewAt(now - 60_000)]);
    await line.beat(now - 40_000, [a]);
    await line.beat(now - 20_000);
    await line.fold();
    await line.publish(secondApp);
    const later = now + 600_000;
    await line.append(a, later, [viewAt(now)]);
    await line.fold();
    expect(await total("by-user", later)).toMatchObject({
      views: 1,
      status: "partial",
      missing: ["metric_not_folded"],
    });
    // the other shard's heartbeat stays open, after the cut, under the old revision
    await line.land();
    await line.batch();
    expect((await line.data.increments.segments(b, null, 10)).map(({ revision }) => revision)).toEqual([1]);
    expect(await total("by-user", later)).toEqual({ views: 2, status: "live", missing: [] });
  });
});

describe("a gap of the log", () => {
  it("holds the cut and every answer until it is written off, then what it lost is named", async () => {
    line = await openLine({ app: firstApp });
    const [a, b] = (await line.open()) as [ShardId, ShardId];
    await line.append(a, T0, [viewAt(T0, "a", "x")]);
    await line.append(b, T0, [viewAt(T0)]);
    await line.beat(T0 + 5_000);
    await line.beat(T0 + 10_000);
    await line.settle();
    // lost: folded by nobody, landed by nobody
    await line.append(a, T0 + 20_000, [viewAt(T0 + 20_000), viewAt(T0 + 20_000, "a", "lost")]);
    await line.data.log.trim((T0 + 25_000) as EpochMs);
    await line.append(a, T0 + 30_000, [viewAt(T0 + 30_000), viewAt(T0 + 20_000, "a", "lost")]);
    await line.beat(T0 + 3 * MINUTE_MS);
    await line.beat(T0 + 4 * MINUTE_MS);
    const held = await line.settle();
    expect(held.disagreements).toEqual([expect.objectContaining({ shard: a })]);
    expect(await total("by-page", T0 + MINUTE_MS)).toEqual({
      views: 4,
      status: "partial",
      missing: ["gap", "unaudited"],
    });
    const { shard, firstSequence, lastSequence } = held.disagreements[0]!;
    await writeOff(line.data, { shard, firstSequence, lastSequence, reason: "late" });
    const off = await line.settle();
    expect(off.disagreements).toEqual([]);
    expect(off.ledger).toMatchObject({ accepted: 4, duplicates: 0 });
    expect(await total("by-page", T0 + MINUTE_MS)).toEqual({ views: 4, status: "settled", missing: [] });
    expect(await line.asked((reader) => reader.status().writeOffs)).toHaveLength(1);
  });

  it("that landing has read loses nothing once it is written off, however long it was", async () => {
    line = await openLine({ shards: 1, app: firstApp });
    const [a] = (await line.open()) as [ShardId];
    await line.append(a, T0, [viewAt(T0)]);
    await line.beat(T0 + 1_000);
    await line.beat(T0 + 2_000);
    await line.settle();
    const hour = 60 * MINUTE_MS;
    for (const hours of [1, 2, 3]) await line.append(a, T0 + hours * hour, [viewAt(T0 + hours * hour)]);
    await line.land();
    await line.data.log.trim((T0 + 4 * hour) as EpochMs);
    await line.append(a, T0 + 5 * hour, [viewAt(T0 + 5 * hour)]);
    await line.beat(T0 + 5 * hour + 10_000);
    await line.beat(T0 + 5 * hour + 20_000);
    const held = await line.settle();
    const { shard, firstSequence, lastSequence } = held.disagreements[0]!;
    await writeOff(line.data, { shard, firstSequence, lastSequence, reason: "speed was down" });
    const off = await line.settle();
    expect(off.disagreements).toEqual([]);
    expect(off.ledger).toMatchObject({ accepted: 5, duplicates: 0, rejected: {} });
    expect((await line.settle({ rebuild: true })).ledger).toEqual(off.ledger);
  });
});

describe("a reader of an older generation", () => {
  it("says what it lacks once its records have expired, and is whole again by itself", async () => {
    line = await openLine({ shards: 1, app: firstApp });
    const [a] = (await line.open()) as [ShardId];
    const round = async (n: number): Promise<void> => {
      const at = T0 + n * MINUTE_MS;
      await line.append(a, at, [viewAt(at), viewAt(at, "b")]);
      await line.beat(at + 2_000);
      await line.beat(at + 4_000);
      await line.settle({ keep: 2 });
    };
    for (let n = 0; n < 6; n++) await round(n);
    const kept = (await line.data.records.get<{ kept: number[] }>("generation"))!.value.kept;
    expect(kept).toHaveLength(2);
    await revertTo({ data: line.data, generation: kept[0]! });
    expect(await total("by-page", T0 + 6 * MINUTE_MS)).toMatchObject({
      views: 12,
      status: "live",
      missing: [],
    });
    await round(6);
    expect(await total("by-page", T0 + 7 * MINUTE_MS)).toMatchObject({ views: 14, missing: [] });
    await round(7);
    await round(8);
    const manifest = await line.settle({ rebuild: true, keep: 2 });
    expect(manifest.ledger).toMatchObject({ accepted: 18, duplicates: 0 });
    expect(await total("by-page", T0 + 9 * MINUTE_MS)).toMatchObject({ views: 18, missing: [] });
  });
});

describe("groups past the bound", () => {
  it("make live answers partial, series of any key too, and batch settles them exactly", async () => {
    line = await openLine({ shards: 1, app: firstApp });
    const [a] = (await line.open()) as [ShardId];
    await line.append(
      a,
      T0,
      ["p", "q", "r", "s", "t", "p"].map((page) => viewAt(T0, page)),
    );
    await line.beat(T0 + 2 * MINUTE_MS);
    await line.beat(T0 + 3 * MINUTE_MS);
    await line.fold();
    expect(await total("by-page", T0 + MINUTE_MS)).toMatchObject({
      views: 4,
      status: "partial",
      missing: ["overflow"],
    });
    const series = await line.asked((reader) =>
      reader.series("by-page", {
        key: { page: "t" },
        from: String(T0 - MINUTE_MS),
        to: String(T0 + MINUTE_MS),
      }),
    );
    expect(series.points.map(({ status }) => status)).toEqual(["live", "partial"]);
    await line.settle();
    expect(await total("by-page", T0 + MINUTE_MS)).toEqual({ views: 6, status: "settled", missing: [] });
  });

  it("make scores partial whose windows reach back to them", async () => {
    line = await openLine({ shards: 1, app: trendApp });
    const [a] = (await line.open()) as [ShardId];
    await line.append(
      a,
      T0,
      ["p", "q", "r", "s", "t"].map((page) => viewAt(T0, page)),
    );
    await line.append(a, T0 + 20 * MINUTE_MS, [viewAt(T0 + 20 * MINUTE_MS, "p")]);
    await line.fold();
    expect(await total("by-page", T0 + 21 * MINUTE_MS, "5m")).toEqual({
      views: 1,
      status: "partial",
      missing: ["overflow"],
    });
  });
});

describe("a metric that is added when rows of the raw lake are lost", () => {
  it("is never settled without them, and counts nothing else twice", async () => {
    line = await openLine({ shards: 1, app: firstApp });
    const [a] = (await line.open()) as [ShardId];
    const now = Date.now();
    await line.append(a, now - 600_000, [viewAt(now - 600_000, "a", "x")]);
    await line.beat(now - 500_000);
    await line.settle();
    await line.beat(now - 400_000);
    for (const path of (await line.settle()).consumed) await line.data.lake.remove(path);
    await line.publish(secondApp);
    const later = now + 600_000;
    await line.append(a, later, [viewAt(now), viewAt(now - 600_000, "a", "x")]);
    await line.beat(later + 60_000);
    await line.beat(later + 120_000);
    const manifest = await line.settle();
    expect(manifest.ledger).toMatchObject({ accepted: 2, duplicates: 1 });
    expect(await total("by-page", now + MINUTE_MS)).toMatchObject({ views: 2, status: "settled" });
    expect(await total("by-user", now + MINUTE_MS)).toMatchObject({
      status: "partial",
      missing: ["metric_not_folded"],
    });
    expect((await line.settle()).generation).toBe(manifest.generation);
  });
});
