import { describe, expect, it } from "vitest";
import { type EpochMs, type SequenceNumber, type ShardId, sequenceNumber, type Tick } from "../brand.js";
import { followChain } from "./chain.js";
import type { GenerationManifest } from "./generation.js";
import { type ReachInput, reach, statusOf } from "./reach.js";
import type { CompactedRecord, SegmentRecord } from "./segmentRecord.js";

const shard = "s0" as ShardId;
const seq = (value: number): SequenceNumber => sequenceNumber(value);

const aSegment = (tick: number, first: number, last: number, previous: number | null): SegmentRecord => ({
  version: 1,
  shard,
  tick: tick as Tick,
  ordinal: 0,
  firstSequence: seq(first),
  lastSequence: seq(last),
  previousSequence: previous === null ? null : seq(previous),
  finished: true,
  ended: false,
  children: [],
  revision: 1,
  counts: { records: 1, events: 1, accepted: 1, duplicates: 0, rejected: {} },
  newestTimeMs: null,
  body: { kind: "inline", bytes: new Uint8Array() },
  bodyHash: "",
});

const three = [aSegment(1, 1, 3, null), aSegment(2, 4, 4, 3), aSegment(5, 6, 9, 4)];
const aRun: CompactedRecord = {
  version: 1,
  shard,
  first: { tick: 2 as Tick, ordinal: 0 },
  last: { tick: 5 as Tick, ordinal: 0 },
  previousSequence: seq(3),
  lastSequence: seq(9),
  revision: 1,
  counts: three[0]!.counts,
  newestTimeMs: null,
  body: { kind: "inline", bytes: new Uint8Array() },
  bodyHash: "",
};

describe("followChain", () => {
  it("reads from the beginning and from a cut", () => {
    expect(followChain(shard, null, three, [], null).lastSequence).toBe(seq(9));
    const cut = { tick: 1 as Tick, ordinal: 0, lastSequence: seq(3) };
    expect(followChain(shard, cut, three, [], null).links).toHaveLength(2);
  });

  it("stops at a break and names it", () => {
    const chain = followChain(shard, null, [three[0]!, three[2]!], [], null);
    expect(chain.links).toHaveLength(1);
    expect(chain.hole).toMatch(/segment 5\.0 follows/);
  });

  it("sees that a chain is shorter than its tip", () => {
    const tip = { shard, atMs: 0 as EpochMs, lastSequence: seq(10) };
    expect(followChain(shard, null, three, [], tip).hole).toMatch(/vouches/);
    expect(followChain(shard, null, three, [], { ...tip, lastSequence: seq(9) }).hole).toBeNull();
  });

  it("uses a compacted run only where the chain stands at its start", () => {
    const whole = followChain(shard, null, three, [aRun], null);
    expect(whole.links.map(({ kind }) => kind)).toEqual(["segment", "compacted"]);
    const inside = followChain(
      shard,
      { tick: 2 as Tick, ordinal: 0, lastSequence: seq(4) },
      three,
      [aRun],
      null,
    );
    expect(inside.links.map(({ kind }) => kind)).toEqual(["segment"]);
  });
});

const now = 100_000 as EpochMs;
const input = (overrides: Partial<ReachInput>): ReachInput => ({
  roster: [shard],
  parentsOf: () => [],
  manifest: null,
  segmentMs: 1000,
  tips: new Map([[shard, { shard, atMs: now, lastSequence: null }]]),
  chainOf: (id) => followChain(id, null, id === shard ? three : [], [], null),
  nowMs: now,
  staleAfterMs: 5000,
  ...overrides,
});

describe("reach", () => {
  it("names a stale tip and a shard that was never read", () => {
    const result = reach(input({ tips: new Map() }));
    expect(result.missing).toEqual([{ kind: "stale_tip", shard, lastSeen: null }]);
  });

  it("uses a child only when every parent has been read through its end", () => {
    const ended = [...three.slice(0, 2), { ...three[2]!, ended: true, children: ["c" as ShardId] }];
    const child = { ...aSegment(6, 20, 21, null), shard: "c" as ShardId };
    const tips = new Map([
      [shard, { shard, atMs: now, lastSequence: null }],
      ["c" as ShardId, { shard: "c" as ShardId, atMs: now, lastSequence: null }],
      ["p" as ShardId, { shard: "p" as ShardId, atMs: now, lastSequence: null }],
    ]);
    const chainOf: ReachInput["chainOf"] = (id) =>
      followChain(id, null, id === shard ? ended : id === "c" ? [child] : [], [], null);
    const parents: Record<string, ShardId[]> = { c: [shard, "p" as ShardId] };
    const waiting = reach(
      input({ roster: [shard, "p" as ShardId], parentsOf: (id) => parents[id] ?? [], chainOf, tips }),
    );
    expect(waiting.chains.map((chain) => chain.shard)).toEqual(["p", shard]);
    expect(waiting.missing).toMatchObject([{ kind: "shard", shard: "c" }]);
    const alone = reach(input({ parentsOf: (id) => (id === "c" ? [shard] : []), chainOf, tips }));
    expect(alone.chains.map((chain) => chain.shard)).toEqual(["c", shard]);
    expect(alone.missing).toEqual([]);
  });

  it("has no batchThrough while a shard has no cut, and the least cut's start otherwise", () => {
    const cut = { tick: 7 as Tick, ordinal: 0, lastSequence: seq(9) };
    const manifest = { cut: { s0: cut }, ended: {}, writeOffs: [] } as unknown as GenerationManifest;
    const chainOf: ReachInput["chainOf"] = (id) => followChain(id, cut, [], [], null);
    expect(reach(input({ manifest, chainOf })).batchThroughMs).toBe(7000);
    const other = "s1" as ShardId;
    const tips = new Map([
      ...input({}).tips,
      [other, { shard: other, atMs: now, lastSequence: null }] as const,
    ]);
    expect(reach(input({ manifest, chainOf, roster: [shard, other], tips })).batchThroughMs).toBeNull();
  });

  it("names a gap until it is written off, and the horizon after it until the cut has passed that", () => {
    const gap = { ...three[1]!, gap: { after: seq(3), until: seq(6) } };
    const chainOf: ReachInput["chainOf"] = (id) =>
      followChain(id, null, [three[0]!, gap, three[2]!], [], null);
    expect(reach(input({ chainOf })).missing).toMatchObject([
      { kind: "gap", shard, after: seq(3), until: seq(6) },
      { kind: "unaudited", shard },
    ]);
    const writeOffs = [{ shard, firstSequence: seq(4), lastSequence: seq(5), reason: "disk lost" }];
    const manifest = { cut: {}, ended: {}, writeOffs } as unknown as GenerationManifest;
    const loss = { kind: "written_off", ...writeOffs[0]! };
    expect(reach(input({ chainOf, manifest })).missing).toMatchObject([loss, { kind: "unaudited", shard }]);
    const cut = { tick: 5 as Tick, ordinal: 0, lastSequence: seq(9) };
    const settled = { ...manifest, cut: { [shard]: cut } } as GenerationManifest;
    const afterCut: ReachInput["chainOf"] = (id) =>
      followChain(id, cut, [three[0]!, gap, three[2]!], [], null);
    expect(reach(input({ chainOf: afterCut, manifest: settled })).missing).toEqual([loss]);
  });
});

describe("statusOf", () => {
  const range = {
    toExclusiveMs: 5000 as EpochMs,
    touched: false,
    batchThroughMs: 5000 as EpochMs,
    missing: [],
  };
  const stale = { kind: "stale_tip", shard: "s0", lastSeen: null } as const;

  it("is settled only where the cut has passed the range and nothing after it touches it", () => {
    expect(statusOf(range)).toBe("settled");
    expect(statusOf({ ...range, touched: true })).toBe("live");
    expect(statusOf({ ...range, batchThroughMs: 4999 as EpochMs })).toBe("live");
    expect(statusOf({ ...range, batchThroughMs: null })).toBe("live");
  });

  it("lets a stale tip leave settled ranges alone, and nothing else", () => {
    expect(statusOf({ ...range, missing: [stale] })).toBe("settled");
    expect(statusOf({ ...range, touched: true, missing: [stale] })).toBe("partial");
    expect(statusOf({ ...range, missing: [{ kind: "generation", detail: "gone" }] })).toBe("partial");
  });

  it("is settled with a loss that was written off", () => {
    const loss = {
      kind: "written_off",
      shard: "s0",
      firstSequence: "1",
      lastSequence: "2",
      reason: "lost",
    } as const;
    expect(statusOf({ ...range, missing: [loss] })).toBe("settled");
    expect(statusOf({ ...range, touched: true, missing: [loss] })).toBe("live");
  });
});
