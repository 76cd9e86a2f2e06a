import { type EpochMs, sequenceNumber, shardId, type SegmentKey } from "@freshet/model";
import { type Records, type Shard, StorageError } from "@freshet/storage";
import { describe, expect, it } from "vitest";
import { createMemoryRecords } from "../world/memoryStores.sim.js";
import { ancestorsOf, clockFromParents, startable } from "./ancestors.js";
import {
  type Checkpoint,
  checkpointAtBeginning,
  createCheckpointSaver,
  loadCheckpoint,
  loadCheckpoints,
  saveCheckpoint,
} from "./checkpoint.js";

const aCheckpoint = (name: string, overrides: Partial<Checkpoint> = {}): Checkpoint => ({
  ...checkpointAtBeginning("log", shardId(name), -1),
  ...overrides,
});
const at = (sequence: number): Partial<Checkpoint> => ({ previousSequence: sequenceNumber(sequence) });
const withClock = (clockMs: number): Partial<Checkpoint> => ({
  segmenter: { clockMs: clockMs as EpochMs, key: null as SegmentKey | null, events: 0 },
});
const ended = { ended: { children: [] } };

describe("a checkpoint", () => {
  it("never goes back, and never leaves the end again", async () => {
    const records = createMemoryRecords();
    const load = () => loadCheckpoint(records, "log", shardId("a"));
    for (const sequence of [5, 3, 9, 9, 1]) await saveCheckpoint(records, aCheckpoint("a", at(sequence)));
    expect(await load()).toMatchObject(at(9));
    await saveCheckpoint(records, aCheckpoint("a", { ...at(9), ...ended }));
    await saveCheckpoint(records, aCheckpoint("a", at(20)));
    expect(await load()).toMatchObject({ ...at(9), ...ended });
  });

  it("is the one furthest on of those that several workers save at once", async () => {
    const records = createMemoryRecords();
    const sequences = Array.from({ length: 30 }, (_, index) => ((index * 7) % 30) + 1);
    await Promise.all(sequences.map((sequence) => saveCheckpoint(records, aCheckpoint("a", at(sequence)))));
    expect(await loadCheckpoint(records, "log", shardId("a"))).toMatchObject(at(30));
  });

  it("is looked for again where an answer was lost and others have written since", async () => {
    const records = createMemoryRecords();
    let lost = 0;
    const losing: Records = {
      ...records,
      async replace(name, expected, value) {
        await records.replace(name, expected, value);
        if (lost++ % 2 === 0) throw new StorageError("uncertain", "an answer was lost");
        return false;
      },
    };
    const own = createCheckpointSaver(losing);
    for (const sequence of [1, 2, 3]) await own.save(aCheckpoint("a", at(sequence)));
    expect(await loadCheckpoint(records, "log", shardId("a"))).toMatchObject(at(3));
    expect(lost).toBeGreaterThan(2);
  });

  it("is written over without asking by who wrote it, and never taken back when others were further", async () => {
    const records = createMemoryRecords();
    let reads = 0;
    const counted: Records = {
      ...records,
      get(name) {
        reads++;
        return records.get(name);
      },
    };
    const own = createCheckpointSaver(counted);
    for (const sequence of [1, 2, 3]) await own.save(aCheckpoint("a", at(sequence)));
    expect(reads).toBe(1);
    await createCheckpointSaver(records).save(aCheckpoint("a", at(7)));
    for (const sequence of [4, 6]) await own.save(aCheckpoint("a", at(sequence)));
    expect(await loadCheckpoint(records, "log", shardId("a"))).toMatchObject(at(7));
    await own.save(aCheckpoint("a", at(8)));
    await own.save(aCheckpoint("a", { ...at(8), ...ended }));
    expect(await loadCheckpoint(records, "log", shardId("a"))).toMatchObject({ ...at(8), ...ended });
    expect(reads).toBe(4);
  });

  it("of another log is refused, with the way out", async () => {
    const records = createMemoryRecords();
    await saveCheckpoint(records, aCheckpoint("a"));
    const message = /belongs to log log, but this log is other: .*Use a new data directory, or restore/;
    await expect(loadCheckpoints(records, "other")).rejects.toThrow(message);
    await expect(saveCheckpoint(records, aCheckpoint("a", { log: "other" }))).rejects.toThrow(message);
  });
});

describe("a family of shards", () => {
  const aShard = (id: string, parents: readonly string[] = []): Shard => ({
    id: shardId(id),
    parents: parents.map(shardId),
    hashRange: { first: 0n, last: 0n },
    closed: false,
  });
  const family = [
    aShard("a"),
    aShard("b"),
    aShard("c", ["a", "b"]),
    aShard("d", ["c"]),
    aShard("e", ["forgotten"]),
  ];
  const idsOf = (shards: readonly { readonly id: string }[]) => shards.map(({ id }) => id);

  it("is folded parents first, however many there are", () => {
    const after = (...names: string[]) => idsOf(startable(family, new Set(names.map(shardId))));
    expect(after()).toEqual(["a", "b", "e"]);
    expect(after("a")).toEqual(["b", "e"]);
    expect(after("a", "b")).toEqual(["c", "e"]);
    expect(after("a", "b", "c", "e")).toEqual(["d"]);
  });

  it("hands down the greatest clock of the parents, and the identities of all ancestors", () => {
    const checkpoints = new Map(
      [aCheckpoint("a", withClock(7)), aCheckpoint("b", withClock(9)), aCheckpoint("c", withClock(9))].map(
        (one) => [one.shard, one],
      ),
    );
    const [a, , c, d] = family as [Shard, Shard, Shard, Shard];
    expect(clockFromParents(c, checkpoints)).toBe(9);
    expect(clockFromParents(a, checkpoints)).toBe(-1);
    expect(
      ancestorsOf(d, family, checkpoints)
        .map(({ shard }) => shard)
        .sort(),
    ).toEqual(["a", "b", "c"]);
  });
});
