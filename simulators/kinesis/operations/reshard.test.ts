import { describe, expect, it } from "vitest";
import { createRandom } from "../../random/random.js";
import { UNTHROTTLED } from "../limits.js";
import { aRig, shardId } from "../testing/rig.js";

type Rig = ReturnType<typeof aRig>;

const HASH_SPACE = 1n << 128n;

const listed = async ({ call }: Rig) =>
  ((await call("ListShards", { StreamName: "s" })).Shards ?? []).map((shard) => ({
    id: shard.ShardId ?? "",
    parents: [shard.ParentShardId, shard.AdjacentParentShardId].filter((parent) => parent !== undefined),
    first: BigInt(shard.HashKeyRange?.StartingHashKey ?? -1),
    last: BigInt(shard.HashKeyRange?.EndingHashKey ?? -1),
    from: BigInt(shard.SequenceNumberRange?.StartingSequenceNumber ?? -1),
    through: shard.SequenceNumberRange?.EndingSequenceNumber,
  }));
type Listed = Awaited<ReturnType<typeof listed>>;

const open = (shards: Listed): Listed =>
  shards
    .filter(({ through }) => through === undefined)
    .toSorted((one, other) => (one.first < other.first ? -1 : 1));

/** Reads each shard after all of its parents, children as the parents' ends name them. */
const readLineage = async (rig: Rig, roots: readonly string[]) => {
  const read = new Map<
    string,
    { readonly sequences: readonly bigint[]; readonly children: readonly string[] }
  >();
  const waiting = new Map<string, readonly string[]>(roots.map((id) => [id, []]));
  while (waiting.size > 0) {
    const ready = [...waiting].find(([, parents]) => parents.every((parent) => read.has(parent)));
    if (!ready) throw new Error("every waiting shard waits for a parent that nothing names");
    const [id] = ready;
    waiting.delete(id);
    const sequences: bigint[] = [];
    let children: readonly string[] = [];
    let iterator = await rig.iteratorOf(Number(id.slice(-12)));
    for (let isAtTip = false; iterator !== undefined && !isAtTip; ) {
      const got = await rig.call("GetRecords", { ShardIterator: iterator, Limit: 7 });
      sequences.push(...(got.Records ?? []).map(({ SequenceNumber }) => BigInt(SequenceNumber ?? 0)));
      isAtTip = got.Records?.length === 0;
      iterator = got.NextShardIterator;
      for (const child of got.ChildShards ?? []) waiting.set(child.ShardId ?? "", child.ParentShards ?? []);
      children = (got.ChildShards ?? []).map(({ ShardId }) => ShardId ?? "");
    }
    read.set(id, { sequences, children });
  }
  return read;
};

const world = async (seed: number) => {
  const random = createRandom("reshard", seed);
  const rig = aRig({ seed, limits: UNTHROTTLED, transitionMs: random.integer(2) * 300 });
  const roots = 1 + random.integer(4);
  await rig.create(roots);
  await rig.clock.advance(1_000);
  const stored = new Map<string, bigint[]>();
  const did = { split: 0, merge: 0, update: 0 };
  const reshard = async (): Promise<void> => {
    const shards = open(await listed(rig));
    const at = random.integer(shards.length);
    const shard = shards[at] as Listed[number];
    const next = shards[at + 1];
    const kind = random.pick(["split", "merge", "update"] as const);
    if (kind === "split") {
      const size = shard.last - shard.first;
      const inside = shard.first + 1n + (size * BigInt(random.integer(1000))) / 1000n;
      await rig.call("SplitShard", {
        StreamName: "s",
        ShardToSplit: shard.id,
        NewStartingHashKey: String(inside),
      });
    } else if (kind === "merge" && next) {
      const [one, other] = random.chance(0.5) ? [shard, next] : [next, shard];
      await rig.call("MergeShards", {
        StreamName: "s",
        ShardToMerge: one.id,
        AdjacentShardToMerge: other.id,
      });
    } else if (kind === "update") {
      const least = Math.ceil(shards.length / 2);
      const TargetShardCount = least + random.integer(Math.min(8, shards.length * 2) - least + 1);
      await rig.call("UpdateShardCount", {
        StreamName: "s",
        TargetShardCount,
        ScalingType: "UNIFORM_SCALING",
      });
    } else return;
    did[kind]++;
  };
  for (let turn = 0; turn < 60; turn++) {
    const keys = Array.from({ length: random.integer(20) + 1 }, () => ({
      key: String(random.integer(1_000)),
    }));
    for (const { ShardId = "", SequenceNumber = "" } of await rig.put(keys))
      stored.set(ShardId, [...(stored.get(ShardId) ?? []), BigInt(SequenceNumber)]);
    if (random.chance(0.25)) await reshard();
    await rig.clock.advance(random.integer(2) * 400);
    // While a stream is updating, a second change is refused.
    await rig.clock.advance(300);
  }
  return { rig, stored, did, roots };
};

describe("resharding", () => {
  it("T1, T3: loses and doubles nothing, whatever is split and merged, read parents first", async () => {
    const total = { split: 0, merge: 0, update: 0, records: 0, shards: 0 };
    for (let seed = 1; seed <= 12; seed++) {
      const { rig, stored, did, roots } = await world(seed);
      const shards = await listed(rig);
      const told = `seed ${seed}`;

      const ranges = open(shards);
      expect(ranges[0]?.first, told).toBe(0n);
      expect(ranges.at(-1)?.last, told).toBe(HASH_SPACE - 1n);
      for (const [at, { first }] of ranges.entries())
        if (at > 0) expect(first, told).toBe((ranges[at - 1]?.last ?? 0n) + 1n);

      const byId = new Map(shards.map((shard) => [shard.id, shard]));
      for (const shard of shards)
        for (const parent of shard.parents)
          expect(shard.from > BigInt(byId.get(parent)?.through ?? 0), told).toBe(true);

      const read = await readLineage(
        rig,
        Array.from({ length: roots }, (_, index) => shardId(index)),
      );
      expect(new Set(read.keys()), told).toEqual(new Set(byId.keys()));
      for (const [id, { sequences, children }] of read) {
        expect(sequences, `${told} ${id}`).toEqual(stored.get(id) ?? []);
        const named = shards.filter(({ parents }) => parents.includes(id)).map((shard) => shard.id);
        expect(children, `${told} ${id}`).toEqual(named);
        total.records += sequences.length;
      }
      total.split += did.split;
      total.merge += did.merge;
      total.update += did.update;
      total.shards += shards.length;
    }
    expect(total.split).toBeGreaterThan(30);
    expect(total.merge).toBeGreaterThan(15);
    expect(total.update).toBeGreaterThan(30);
    expect(total.records).toBeGreaterThan(5_000);
  });

  it("takes records into the parent until the change is through, and refuses another meanwhile", async () => {
    const rig = aRig({ transitionMs: 10_000 });
    await rig.create(1);
    await rig.clock.advance(10_000);
    const split = { StreamName: "s", ShardToSplit: shardId(0), NewStartingHashKey: "7" };
    await rig.call("SplitShard", split);
    expect((await rig.put([{ key: "a" }]))[0]?.ShardId).toBe(shardId(0));
    await expect(rig.call("SplitShard", split)).rejects.toMatchObject({ code: "ResourceInUseException" });
    await rig.clock.advance(10_000);
    expect((await rig.put([{ key: "a" }]))[0]?.ShardId).toBe(shardId(2));
  });

  it.each([
    ["a split at the start", "SplitShard", { ShardToSplit: shardId(0), NewStartingHashKey: "0" }],
    [
      "a split outside",
      "SplitShard",
      { ShardToSplit: shardId(0), NewStartingHashKey: String(HASH_SPACE - 1n) },
    ],
    [
      "a merge of shards apart",
      "MergeShards",
      { ShardToMerge: shardId(0), AdjacentShardToMerge: shardId(2) },
    ],
  ] as const)("refuses %s", async (_, operation, input) => {
    const rig = aRig();
    await rig.create(3);
    const call = rig.call as (name: string, of: object) => Promise<object>;
    await expect(call(operation, { StreamName: "s", ...input })).rejects.toMatchObject({
      code: "InvalidArgumentException",
    });
  });

  it("changes the count by half to double, and not at all on demand", async () => {
    const rig = aRig({ limits: UNTHROTTLED });
    await rig.create(4);
    const to = (TargetShardCount: number) =>
      rig.call("UpdateShardCount", { StreamName: "s", TargetShardCount, ScalingType: "UNIFORM_SCALING" });
    await expect(to(9)).rejects.toMatchObject({ code: "LimitExceededException" });
    await expect(to(1)).rejects.toMatchObject({ code: "LimitExceededException" });
    await to(3);
    expect(open(await listed(rig)).map(({ first }) => first)).toEqual([
      0n,
      HASH_SPACE / 3n,
      (HASH_SPACE * 2n) / 3n,
    ]);
    const { StreamDescriptionSummary } = await rig.call("DescribeStreamSummary", { StreamName: "s" });
    await rig.call("UpdateStreamMode", {
      StreamARN: StreamDescriptionSummary?.StreamARN,
      StreamModeDetails: { StreamMode: "ON_DEMAND" },
    });
    await expect(to(4)).rejects.toMatchObject({ code: "ValidationException" });
  });
});
