import {
  decodeIncrement,
  decodeKey,
  measureFor,
  NO_SEQUENCE,
  OTHER_KEY,
  type SegmentRecord,
  type ShardId,
} from "@freshet/model";
import { StorageError } from "@freshet/storage";
import { describe, expect, it } from "vitest";
import { createMemoryIncrements } from "../world/memoryStores.sim.js";
import { createRig, type Rig, settle } from "../world/rig.sim.js";
import { testApp } from "../world/testApp.sim.js";

const [pages] = testApp(1).metrics;
const measures = pages!.measures.map(({ spec }) => measureFor(spec));
const groupsOf = ({ body }: SegmentRecord) => {
  if (body.kind !== "inline") throw new Error("expected an inline body");
  const [metric] = decodeIncrement(body.bytes, () => measures).metrics;
  const groups = metric!.groups.map(({ key, states }) => [
    key === OTHER_KEY ? "other" : decodeKey(key, pages!.by).page,
    states[0],
  ]);
  return { overflow: metric!.overflow, groups };
};
const firstShard = (rig: Rig): ShardId => rig.log.open[0]!;

describe("a crew that cannot keep up", () => {
  it("has the log hold its producers back until it comes nearer", async () => {
    const rig = await createRig();
    const shard = firstShard(rig);
    const held: number[] = [];
    Object.assign(rig.log, {
      holdBack(forMs: number) {
        held.push(forMs);
        return Promise.resolve();
      },
    });
    const crew = await rig.crew({ readRecordsMax: 1, holdBackAfterMs: 2_000 });
    const overload = async (seconds: number): Promise<void> => {
      for (let second = 0; second < seconds; second++) {
        for (let record = 0; record < 3; record++) rig.put(shard, {});
        rig.nowMs += 1_000;
        await crew.step();
      }
    };
    await overload(3);
    expect(held).toEqual([]);
    await overload(9);
    expect(held.length).toBeGreaterThan(3);
    expect(rig.reports.filter(({ kind }) => kind === "holding_back")).toHaveLength(held.length);
    const asked = held.length;
    await settle(crew);
    rig.put(shard, {});
    await settle(crew);
    expect(held).toHaveLength(asked);
    expect(rig.stored(shard).reduce((sum, { counts }) => sum + counts.accepted, 0)).toBe(37);
  });
});

describe("a segment", () => {
  it("is finished only by a record of a later one, however much time passes", async () => {
    const rig = await createRig();
    const shard = firstShard(rig);
    const crew = await rig.crew();
    rig.put(shard, {});
    await settle(crew);
    rig.nowMs += 30_000;
    await settle(crew);
    expect(rig.stored(shard).map(({ finished }) => finished)).toEqual([false]);
    rig.put(shard, {});
    await settle(crew);
    expect(rig.stored(shard).map(({ finished }) => finished)).toEqual([true, false]);
  });

  it("keeps a late event in the segment in which it arrived, for the pane in which it happened", async () => {
    const rig = await createRig();
    const shard = firstShard(rig);
    const crew = await rig.crew();
    rig.put(shard, { time: rig.nowMs - 50_000 }, {});
    await settle(crew);
    const [record] = rig.stored(shard);
    expect(record!.counts).toMatchObject({ records: 1, events: 2, accepted: 2 });
    expect(record!.newestTimeMs).toBe(rig.nowMs);
    expect(groupsOf(record!).groups).toEqual([
      ["/", 1],
      ["/", 1],
    ]);
  });

  it("sends the groups past groupsMax to `other` by log order, whatever their keys", async () => {
    const rig = await createRig(1, testApp(1, 2));
    const shard = firstShard(rig);
    const crew = await rig.crew();
    rig.put(shard, { page: "/z" }, { page: "/m" }, { page: "/a" }, { page: "/z" });
    rig.put(shard, { page: "/b" }, { page: "/m" });
    await settle(crew);
    expect(groupsOf(rig.stored(shard)[0]!)).toEqual({
      overflow: true,
      groups: [
        ["/m", 2],
        ["/z", 2],
        ["other", 2],
      ],
    });
  });

  it("judges time by its tick, bounds included, and static reasons first", async () => {
    const rig = await createRig();
    const shard = firstShard(rig);
    const crew = await rig.crew();
    rig.nowMs += 400;
    const tickStartMs = rig.nowMs - 400;
    const times = [tickStartMs - 60_000, tickStartMs - 60_001, tickStartMs + 10_000, tickStartMs + 10_001];
    rig.put(
      shard,
      ...times.map((time) => ({ time })),
      { time: 1, amount: "x" },
      { time: 1, $bounds: [1e13, 0] },
    );
    await settle(crew);
    expect(rig.stored(shard)[0]!.counts).toMatchObject({
      accepted: 3,
      rejected: { time_out_of_bounds: 2, wrong_type: 1 },
    });
    const letters = [...rig.deadLetters.all.values()];
    expect(letters.map(({ subsequence, reason }) => [subsequence, reason])).toEqual([
      [1, "time_out_of_bounds"],
      [3, "time_out_of_bounds"],
      [4, "wrong_type"],
    ]);
    expect(letters[0]).toMatchObject({ type: "hit", id: "e1", arrivalMs: rig.nowMs });
  });

  it("does not fold a tick beyond what the schedule knows", async () => {
    const rig = await createRig();
    const shard = firstShard(rig);
    const crew = await rig.crew();
    rig.put(shard, {});
    rig.nowMs += 2 * 3_600_000;
    rig.put(shard, {});
    for (let step = 0; step < 5; step++) await crew.step();
    await crew.flush();
    expect(rig.stored(shard)).toHaveLength(1);
    expect((await rig.increments.tips()).get(shard)).toBeUndefined();
    expect(rig.reports).toContainEqual({ kind: "blocked", shard, tick: rig.nowMs / 1_000 });
  });
});

describe("a shard", () => {
  it("that is idle gets a heartbeat, which finishes its last segment and counts as a record, never as an event", async () => {
    const rig = await createRig();
    const shard = firstShard(rig);
    const crew = await rig.crew({ heartbeatAfterMs: 60_000 });
    rig.put(shard, {});
    await settle(crew);
    rig.nowMs += 59_999;
    await settle(crew);
    expect(rig.log.all.get(shard)!.records).toHaveLength(1);
    rig.nowMs += 1;
    await settle(crew);
    await settle(crew);
    expect(rig.log.all.get(shard)!.records).toHaveLength(2);
    expect(
      rig.stored(shard).map(({ finished, counts }) => [finished, counts.records, counts.events]),
    ).toEqual([
      [true, 1, 1],
      [false, 1, 0],
    ]);
  });

  it("that is idle gets its heartbeat later where the log does not take it now", async () => {
    const rig = await createRig();
    const shard = firstShard(rig);
    const append = rig.log.append;
    rig.log.append = async () => {
      throw new StorageError("unavailable", "no answer");
    };
    const crew = await rig.crew({ heartbeatAfterMs: 60_000 });
    rig.put(shard, {});
    await settle(crew);
    rig.nowMs += 60_000;
    await settle(crew);
    rig.log.append = append;
    await settle(crew);
    expect(rig.log.all.get(shard)!.records).toHaveLength(1);
    rig.nowMs += 60_000;
    await settle(crew);
    expect(rig.log.all.get(shard)!.records).toHaveLength(2);
  });

  it("that never had a record gets an empty one that names its children", async () => {
    const rig = await createRig();
    const shard = firstShard(rig);
    const children = rig.log.reshard([shard], 2);
    await settle(await rig.crew());
    expect(rig.stored(shard)).toMatchObject([
      {
        tick: -1,
        ordinal: 0,
        lastSequence: NO_SEQUENCE,
        previousSequence: null,
        finished: true,
        ended: true,
        children,
      },
    ]);
    expect(rig.reports).toContainEqual({ kind: "shard_ended", shard, children });
  });

  it("has no tip before its worker stood at its end, and then one that vouches for its last record", async () => {
    const rig = await createRig();
    const shard = firstShard(rig);
    for (let index = 0; index < 5; index++) rig.put(shard, {});
    const crew = await rig.crew({ readRecordsMax: 3 });
    rig.nowMs += 10;
    await crew.step();
    await crew.flush();
    expect((await rig.increments.tips()).get(shard)).toBeUndefined();
    await settle(crew);
    const last = rig.log.all.get(shard)!.records.at(-1)!.sequence;
    expect((await rig.increments.tips()).get(shard)).toEqual({ shard, atMs: rig.nowMs, lastSequence: last });
  });

  it("is stopped by a stored finished segment that differs, without a checkpoint; the others go on", async () => {
    const rig = await createRig(2);
    const [bad, good] = rig.log.open as [ShardId, ShardId];
    const crew = await rig.crew();
    rig.put(bad, {});
    await settle(crew);
    const [standing] = rig.stored(bad);
    await rig.increments.writeSegment({ ...standing!, finished: true, bodyHash: "other" });
    rig.nowMs += 2_000;
    rig.put(bad, {});
    rig.put(good, {});
    await settle(crew);
    expect(rig.reports.filter(({ kind }) => kind === "conflict")).toMatchObject([
      { shard: bad, segment: { ordinal: 0 } },
    ]);
    expect(crew.shards).toEqual([good]);
    expect(rig.stored(bad)[0]!.bodyHash).toBe("other");
    expect(rig.stored(good)).toHaveLength(1);
    expect(await rig.records.get(`checkpoint/${bad}`)).toMatchObject({ value: { previousSequence: null } });
  });
});

describe("a crew", () => {
  it("stops when most events are bad, and goes on from where it was with the fuse off, losing nothing", async () => {
    const rig = await createRig();
    const shard = firstShard(rig);
    const fuse = { windowMs: 60_000, eventsMin: 20, ratioMax: 0.5 };
    for (let index = 0; index < 10; index++) rig.put(shard, {});
    const crew = await rig.crew({ fuse });
    await settle(crew);
    rig.nowMs += 1_000;
    for (let index = 0; index < 15; index++) rig.put(shard, { amount: "bad" });
    await expect(crew.step()).rejects.toThrow(
      "15 of the last 25 events could not be counted (more than 50 %)",
    );
    expect(rig.stored(shard)).toHaveLength(1);
    await settle(await rig.crew({ fuse: null }));
    const counts = rig.stored(shard).map((record) => record.counts);
    expect(counts.map(({ accepted }) => accepted)).toEqual([10, 0]);
    expect(counts[1]!.rejected).toEqual({ wrong_type: 15 });
    expect(rig.deadLetters.all.size).toBe(15);
  });

  it("puts the large bodies of all shards of one flush in one object", async () => {
    const rig = await createRig(3);
    const crew = await rig.crew({ inlineBytesMax: 0 });
    for (const shard of rig.log.open) rig.put(shard, { page: shard });
    await settle(crew);
    expect(await rig.lake.list("bodies/")).toHaveLength(1);
    const pointers = rig.log.open.map((shard) => rig.stored(shard)[0]!.body);
    expect(new Set(pointers.map((body) => body.kind === "object" && body.offset)).size).toBe(3);
    expect(await rig.lake.list("bodies/")).toEqual([
      expect.stringMatching(/^bodies\/0000001700000000-w0-0\.bin$/),
    ]);
  });

  it("folds the retained log again: the same bytes, and what was lost from the store is back", async () => {
    const rig = await createRig();
    const shard = firstShard(rig);
    for (let index = 0; index < 40; index++) {
      rig.put(shard, { id: `id${index % 25}` });
      rig.nowMs += 400;
    }
    await settle(await rig.crew());
    const before = rig.stored(shard);
    expect(before.length).toBeGreaterThan(10);
    for (const from of [
      { kind: "beginning" } as const,
      { kind: "time", timeMs: before[6]!.tick * 1_000 } as const,
      { kind: "position", shard, sequence: before[5]!.firstSequence } as const,
    ]) {
      for (const kept of [0, 4, before.length]) {
        rig.increments = createMemoryIncrements();
        for (const record of before.slice(0, kept)) await rig.increments.writeSegment(record);
        await settle(await rig.crew({}, from));
        expect(rig.stored(shard), `${from.kind} ${kept}`).toEqual(before);
      }
    }
    rig.increments = createMemoryIncrements();
    await settle(await rig.crew());
    expect(rig.stored(shard).length).toBeLessThan(2);
    expect(rig.reports.filter(({ kind }) => kind === "conflict")).toEqual([]);
  });
});
