import { describe, expect, it } from "vitest";
import { createWorld } from "../testing/world.js";

describe("a worker", () => {
  it("works all shards of a stream from its oldest record on, and stores how far it came", async () => {
    const world = await createWorld({ shards: 3 });
    for (let index = 0; index < 20; index++) await world.put(index % 3 === 0 ? 4 : 1);
    const { given, worker } = world.startWorker("a");
    await world.run(10_000);
    expect(given.length).toBe(world.truth.recordCount);
    expect(world.truth.unworked()).toEqual([]);
    const stopped = worker.stop();
    await world.run(1_000);
    await stopped;
    expect(world.rows().map(({ owner, checkpoint }) => [owner, checkpoint.kind])).toEqual([
      [null, "at"],
      [null, "at"],
      [null, "at"],
    ]);
    const again = world.startWorker("b");
    await world.run(10_000);
    expect(again.given).toEqual([]);
  });

  it("shares the shards with others, one that comes later too, and gives nothing twice for that", async () => {
    const world = await createWorld({ shards: 6 });
    const workers = ["a", "b", "c"].map((id) => world.startWorker(id));
    await world.run(20_000);
    workers.push(world.startWorker("d"));
    for (let round = 0; round < 30; round++) {
      for (let index = 0; index < 5; index++) await world.put();
      await world.run(1_000);
    }
    await world.run(5_000);
    expect([...world.owned().values()].sort()).toEqual([1, 1, 2, 2]);
    expect(world.truth.unworked()).toEqual([]);
    expect(workers.reduce((sum, { given }) => sum + given.length, 0)).toBe(world.truth.recordCount);
  });

  it("takes a dead worker's shards within a lease's time and three seconds", async () => {
    const world = await createWorld({ shards: 4 });
    const dead = world.startWorker("dead");
    await world.run(20_000);
    const living = world.startWorker("living");
    await world.run(30_000);
    expect(world.owned()).toEqual(
      new Map([
        ["dead", 2],
        ["living", 2],
      ]),
    );
    dead.freezer.freeze();
    await world.run(13_000);
    expect(world.owned()).toEqual(new Map([["living", 4]]));
    expect(living.worker.shards).toHaveLength(4);
  });

  it("goes through splits and merges, parents first", async () => {
    const world = await createWorld({ shards: 2 });
    world.startWorker("a");
    world.startWorker("b");
    for (let round = 0; round < 6; round++) {
      for (let index = 0; index < 10; index++) await world.put();
      await world.run(1_000);
      const open = (await world.openShards()).sort((a, b) => (a.first < b.first ? -1 : 1));
      if (round % 2 === 0) await world.split(open[0]!);
      else await world.merge(open[0]!, open[1]!);
      await world.run(500);
    }
    await world.run(60_000);
    expect(world.truth.unworked()).toEqual([]);
    const ended = world.rows().filter(({ checkpoint }) => checkpoint.kind === "shardEnd");
    expect(ended.length).toBe((await world.listed()).filter(({ isOpen }) => !isOpen).length);
  });
});
