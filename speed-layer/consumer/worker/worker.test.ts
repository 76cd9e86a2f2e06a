import { describe, expect, it } from "vitest";
import { eachBatch } from "../session/eachBatch.js";
import type { Batch } from "../session/shardSession.js";
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
    expect([...world.owned().values()].sort((a, b) => a - b)).toEqual([1, 1, 2, 2]);
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

  it("C8: gives a batch again until its handler succeeds, and stops when it has failed as often as is allowed", async () => {
    const world = await createWorld({ shards: 1, settings: { failuresMax: 4, retryMaxMs: 2_000 } });
    for (let index = 0; index < 5; index++) await world.put();
    let calls = 0;
    const mended = world.startWorker("mended", {}, async ({ records }) => {
      if (records.length > 0 && ++calls < 4) throw new Error("not yet");
    });
    await world.run(20_000);
    expect(mended.given).toEqual(["r0", "r1", "r2", "r3", "r4"]);
    expect(mended.reports.filter(({ kind }) => kind === "processFailed")).toHaveLength(3);
    await world.put();
    calls = -100;
    await world.run(60_000);
    await expect(mended.worker.done).rejects.toThrow("not yet");
    expect(world.rows()[0]).toMatchObject({ owner: null });
    expect(world.truth.unworked().map(({ id }) => id)).toEqual(["r5"]);
  });

  it("C8: puts a batch away that cannot be done, where there is a place for it, and goes on behind it", async () => {
    const world = await createWorld({ shards: 1 });
    const away: string[] = [];
    const done: string[] = [];
    const textsOf = ({ records }: Batch) => records.map(({ data }) => Buffer.from(data).toString());
    const process = eachBatch(
      async (batch) => {
        if (textsOf(batch).includes("r1")) throw new Error("cannot be done");
        done.push(...textsOf(batch));
      },
      {
        clock: world.clock,
        attemptsMax: 3,
        retryAfterMs: 100,
        deadLetter: async (batch) => {
          away.push(...textsOf(batch));
        },
      },
    );
    world.startWorker("a", { process });
    for (let index = 0; index < 3; index++) {
      await world.put();
      await world.run(5_000).catch(() => {});
    }
    expect([done, away]).toEqual([["r0", "r2"], ["r1"]]);
  });

  it("C20: renews in time however long a handler takes, and goes on when it is done", async () => {
    const world = await createWorld({ shards: 1, handlingMs: 120_000 });
    const { given, reports } = world.startWorker("slow");
    world.startWorker("waiting");
    await world.put();
    await world.run(300_000);
    expect(given).toEqual(["r0"]);
    expect(reports.filter(({ kind }) => kind === "sessionEnded")).toEqual([]);
  });

  it("C23: tells the stream's lag from the handler's", async () => {
    const world = await createWorld({ shards: 1, handlingMs: 30_000 });
    const { worker } = world.startWorker("a");
    await world.run(40_000);
    await world.put();
    await world.run(5_000);
    expect(worker.shards).toMatchObject([{ behindMs: 0 }]);
    expect(worker.shards[0]!.inHandMs).toBeGreaterThan(3_000);
    await world.run(60_000);
    expect(worker.shards[0]!.inHandMs).toBe(0);
  });

  it("begins at the newest record where it is told, and stays there when its first owner dies before any", async () => {
    const world = await createWorld({ shards: 2, initial: { kind: "latest" } });
    for (let index = 0; index < 10; index++) await world.putEarlier();
    await world.run(5_000);
    const first = world.startWorker("first");
    await world.run(1_000);
    first.freezer.freeze();
    const late = [await world.put(), await world.put(), await world.put()];
    const second = world.startWorker("second");
    await world.run(20_000);
    expect(late).toHaveLength(3);
    expect([...second.given].sort()).toEqual(["r10", "r11", "r12"]);
  });
});
