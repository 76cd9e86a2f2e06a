import { writeOff } from "@freshet/batch-layer";
import type { EpochMs, ShardId } from "@freshet/model";
import { afterEach, describe, expect, it } from "vitest";
import { type Line, openLine } from "./line.js";
import { firstApp, MINUTE_MS, T0, total, viewAt } from "./views.js";

let line: Line;
afterEach(() => line.close());

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
    expect(await total(line, "by-page", T0 + MINUTE_MS)).toEqual({
      views: 4,
      status: "partial",
      missing: ["gap", "unaudited"],
    });
    const { shard, firstSequence, lastSequence } = held.disagreements[0]!;
    await writeOff(line.data, { shard, firstSequence, lastSequence, reason: "late" });
    const off = await line.settle();
    expect(off.disagreements).toEqual([]);
    expect(off.ledger).toMatchObject({ accepted: 4, duplicates: 0 });
    expect(await total(line, "by-page", T0 + MINUTE_MS)).toEqual({
      views: 4,
      status: "settled",
      missing: ["written_off"],
    });
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
