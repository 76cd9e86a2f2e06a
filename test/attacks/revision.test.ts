import type { ShardId } from "@freshet/model";
import { afterEach, describe, expect, it } from "vitest";
import { type Line, openLine } from "./line.js";
import { firstApp, MINUTE_MS, secondApp, total, viewAt } from "./views.js";

let line: Line;
afterEach(() => line.close());

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
    expect(await total(line, "by-user", later)).toMatchObject({
      views: 1,
      status: "partial",
      missing: ["metric_not_folded"],
    });
    // the other shard's heartbeat stays open, after the cut, under the old revision
    await line.land();
    await line.batch();
    expect((await line.data.increments.segments(b, null, 10)).map(({ revision }) => revision)).toEqual([1]);
    expect(await total(line, "by-user", later)).toEqual({ views: 2, status: "live", missing: [] });
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
    expect(await total(line, "by-page", now + MINUTE_MS)).toMatchObject({ views: 2, status: "settled" });
    expect(await total(line, "by-user", now + MINUTE_MS)).toMatchObject({
      status: "partial",
      missing: ["metric_not_folded"],
    });
    expect((await line.settle()).generation).toBe(manifest.generation);
  });
});
