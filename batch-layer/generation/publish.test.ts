import { type GenerationPointer, generationPath } from "@freshet/model";
import { afterEach, describe, expect, it } from "vitest";
import { firstApp } from "../testing/apps.js";
import { published } from "../testing/expect.js";
import { contentOf } from "../testing/stored.js";
import { createWorld, scheduleOf, type World } from "../testing/world.js";
import { pointerTo } from "./publish.js";
import { standingPath } from "../catalogue/standingFile.js";
import { bodiesNeededFrom, filesOf, writerOf } from "./retire.js";
import { listGenerations, revertTo } from "./revert.js";

let world: World;
afterEach(() => world.close());

const more = async (events = 60): Promise<void> => {
  await world.emit(events);
  await world.heartbeats();
  await world.heartbeats();
  await world.record();
  await world.land();
};
const start = async (seed: number): Promise<void> => {
  world = await createWorld(seed, scheduleOf({ app: firstApp }));
  await more();
};

describe("publishing", () => {
  it("leaves the standing generation as it is where a run crashes at any step", async () => {
    await start(1);
    const first = published(await world.batch());
    await more();
    const { data } = world;
    let crashes = 0;
    for (const crashAt of [1, 2, 4, 6, 8, 9]) {
      let files = 0;
      const publish: typeof data.lake.publish = async (local, path) => {
        if (++files === crashAt) throw new Error("crashed");
        return data.lake.publish(local, path);
      };
      await world.batch({ data: { ...data, lake: { ...data.lake, publish } } }).catch(() => crashes++);
      expect((await data.records.get<GenerationPointer>("generation"))?.value).toEqual({
        generation: 1,
        kept: [1],
      });
    }
    const put: typeof data.lake.put = async () => {
      throw new Error("crashed before the manifest");
    };
    await expect(world.batch({ data: { ...data, lake: { ...data.lake, put } } })).rejects.toThrow("manifest");
    const replace: typeof data.records.replace = async (name, expected, value) => {
      if (name === "generation") throw new Error("crashed before the pointer");
      return data.records.replace(name, expected, value);
    };
    await expect(world.batch({ data: { ...data, records: { ...data.records, replace } } })).rejects.toThrow(
      "pointer",
    );
    expect(crashes).toBe(6);
    const second = published(await world.batch());
    expect(second.parent).toBe(first.generation);
    const content = await contentOf(world.duckdb, data.lake, second);
    const rebuilt = published(await world.batch({ rebuild: true }));
    expect(await contentOf(world.duckdb, data.lake, rebuilt)).toEqual(content);
    const named = new Set([...filesOf(first), ...filesOf(second), ...filesOf(rebuilt)]);
    const unnamed = (await data.lake.list("generations/")).filter((path) => !named.has(path));
    expect(unnamed).toEqual([1, 2, 3].map(standingPath));
  });

  it("lets one of two runs stand, and tells the other", async () => {
    await start(2);
    const outcomes = await Promise.all([world.batch(), world.batch()]);
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(["busy", "published"]);
    await more();
    const { data } = world;
    const lost = { ...data.leases, acquire: async () => ({ kind: "held" }) as const };
    const both = await Promise.all([
      world.batch({ data: { ...data, leases: lost } }),
      world.batch({ data: { ...data, leases: lost } }),
    ]);
    expect(both.map(({ kind }) => kind).sort()).toEqual(["published", "superseded"]);
    expect((await listGenerations(data)).generations).toHaveLength(2);
  });

  it("says that nothing has changed, and publishes nothing", async () => {
    await start(3);
    const { generation } = published(await world.batch());
    expect(await world.batch()).toMatchObject({ kind: "unchanged", manifest: { generation } });
    expect((await listGenerations(world.data)).standing).toBe(generation);
  });
});

describe("keeping and retiring", () => {
  it("removes records, manifests and files that no kept generation needs, and nothing else", async () => {
    await start(4);
    const { data } = world;
    const [shard] = data.log.identity.roster;
    const recordsOf = async () => data.increments.segments(shard!, null, 10_000);
    await data.lake.put("bodies/0000001774728000-w-1.bin", Buffer.from("old"));
    await data.lake.put("bodies/9000001774728000-w-1.bin", Buffer.from("new"));
    const manifests = [];
    for (let run = 0; run < 5; run++) {
      manifests.push(published(await world.batch()));
      const kept = manifests.slice(-3);
      expect((await listGenerations(data)).generations.map(({ generation }) => generation)).toEqual(
        kept.map(({ generation }) => generation).reverse(),
      );
      const [oldest] = await recordsOf();
      if (run < 2) expect(oldest!.previousSequence).toBeNull();
      else expect(oldest!.previousSequence).toBe(kept[0]!.cut[shard!]!.lastSequence);
      const named = [...new Set(kept.flatMap(filesOf))].sort();
      const told = manifests.map((_, index) => standingPath(index + 1)).slice(-3);
      expect(await data.lake.list("generations/")).toEqual([...named, ...told].sort());
      await more(30);
    }
    expect(await data.lake.list("bodies/")).toEqual(["bodies/9000001774728000-w-1.bin"]);
  });

  it("keeps what a reverted generation needs to go on", async () => {
    await start(5);
    const first = published(await world.batch());
    await more();
    published(await world.batch());
    await more();
    const third = published(await world.batch());
    const { revision } = await revertTo({ data: world.data, generation: first.generation });
    expect(revision).toBe(4);
    const again = published(await world.batch());
    expect(again.parent).toBe(first.generation);
    expect(again.ledger).toEqual(third.ledger);
    expect((await listGenerations(world.data)).generations.map(({ generation }) => generation)).toEqual([
      4, 1, 3,
    ]);
    await expect(revertTo({ data: world.data, generation: 2 })).rejects.toThrow("kept are 3, 1, 4");
  });

  it("points to the newest last", () => {
    expect(pointerTo(4, { generation: 3, kept: [1, 2, 3] }, 3)).toEqual({ generation: 4, kept: [2, 3, 4] });
    expect(pointerTo(1, { generation: 3, kept: [1, 2, 3] }, 3)).toEqual({ generation: 1, kept: [2, 3, 1] });
  });

  it("needs every body while a shard has no cut", async () => {
    await start(6);
    const manifest = published(await world.batch());
    const shards = world.data.log.identity.roster;
    const least = Math.min(...Object.values(manifest.cut).map(({ tick }) => tick));
    expect(bodiesNeededFrom([manifest], shards)).toBe(least);
    expect(bodiesNeededFrom([manifest], [...shards, "another" as (typeof shards)[number]])).toBeNull();
    expect(writerOf(generationPath(17))).toBe(17);
    expect(writerOf("generations/data/h/2026-11-21/17.parquet")).toBe(17);
    expect(writerOf("generations/data/h/spark-17-2/day=2026-11-21/part-0.parquet")).toBe(17);
    expect(writerOf(standingPath(17))).toBeNull();
  });
});

describe("small raw files", () => {
  it("are put together once batch has consumed them, and counted no second time", async () => {
    await start(7);
    published(await world.batch());
    const before = (await world.data.lake.list("raw/")).length;
    let most = 0;
    for (let piece = 0; piece < 12; piece++) {
      await world.emit(6);
      await world.land();
      most = Math.max(most, (await world.data.lake.list("raw/")).length);
    }
    await world.heartbeats();
    await world.heartbeats();
    await world.record();
    await world.land();
    const after = published(await world.batch());
    const files = await world.data.lake.list("raw/");
    expect(most).toBeGreaterThan(before + 6);
    expect(files.length).toBeLessThan(most);
    expect(await world.batch()).toMatchObject({ kind: "unchanged" });
    await more(20);
    const next = published(await world.batch());
    expect(next.disagreements).toEqual([]);
    expect(next.ledger.records).toBeGreaterThan(after.ledger.records);
    const content = await contentOf(world.duckdb, world.data.lake, next);
    expect(
      await contentOf(world.duckdb, world.data.lake, published(await world.batch({ rebuild: true }))),
    ).toEqual(content);
  });
});
