import { describe, expect, it } from "vitest";
import { createReadBudget } from "../source/readBudget.js";
import { simulatedFanOut } from "../testing/simulatedStream.js";
import { createWorld, type World } from "../testing/world.js";
import { createSubscriber } from "./subscriber.js";

const subscribed = async (world: World) => {
  const [shard] = await world.openShards();
  const failures: string[] = [];
  const source = createSubscriber({
    fanOut: simulatedFanOut(world.kinesis.service, await world.fanOutConsumer()),
    stream: world.stream,
    shard: shard!.id,
    from: { kind: "trimHorizon" },
    clock: world.clock,
    random: () => 0.5,
    prefetch: { recordsMax: 1_000, bytesMax: 1e6 },
    budget: createReadBudget({ bytesMax: 1e6, readsMax: 4 }),
    requestTimeoutMs: 30_000,
    silenceMs: 35_000,
    onFailure: ({ kind }) => failures.push(kind),
  });
  const got: string[] = [];
  const quiet: string[] = [];
  let children: readonly string[] | null = null;
  const read = async (): Promise<void> => {
    for (let found = await source.next(); found; found = await source.next()) {
      got.push(...found.records.map(({ data }) => Buffer.from(data).toString()));
      if (found.quietThrough !== null && found.records.length === 0) quiet.push(found.quietThrough);
      if (found.ended) children = found.ended.children.map(({ id }) => id);
    }
  };
  const reading = read();
  return { shard: shard!, source, got, quiet, failures, reading, children: () => children };
};

describe("a subscriber", () => {
  it("C18: subscribes again when five minutes are over, and loses and repeats nothing", async () => {
    const world = await createWorld();
    const { source, got, failures, reading } = await subscribed(world);
    for (let index = 0; index < 160; index++) {
      await world.put();
      await world.run(5_000);
    }
    source.close();
    await reading;
    expect(got).toEqual(Array.from({ length: 160 }, (_, index) => `r${index}`));
    expect(world.kinesis.service.calls.get("SubscribeToShard")).toBe(3);
    expect(failures).toEqual([]);
  });

  it("C18: gets over connections that break and that fall silent, never asking within five seconds of a success", async () => {
    const world = await createWorld({ seed: 4 });
    const { source, got, reading, failures } = await subscribed(world);
    world.kinesis.faults.add({ fault: "brokenSubscription", probability: 0.1 });
    world.kinesis.faults.add({ fault: "silentSubscription", probability: 0.05 });
    world.kinesis.faults.add({ fault: "throttle", operations: ["SubscribeToShard"], probability: 0.2 });
    world.kinesis.faults.add({ fault: "hang", operations: ["SubscribeToShard"], probability: 0.1 });
    for (let index = 0; index < 200; index++) {
      await world.put();
      await world.run(3_000);
    }
    world.kinesis.faults.clear();
    await world.run(120_000);
    source.close();
    await reading;
    expect(got).toEqual(Array.from({ length: 200 }, (_, index) => `r${index}`));
    expect(world.kinesis.faults.counts.brokenSubscription).toBeGreaterThan(3);
    expect(world.kinesis.faults.counts.silentSubscription).toBeGreaterThan(1);
    // After a lost answer a subscription may stand that nobody reads: only then is one refused.
    expect(failures.filter((kind) => kind === "inUse").length).toBeLessThanOrEqual(
      world.kinesis.faults.counts.hang,
    );
  });

  it("C19: tells how far a quiet shard is empty, so that its checkpoint can follow", async () => {
    const world = await createWorld();
    const { source, quiet, reading } = await subscribed(world);
    await world.run(60_000);
    source.close();
    await reading;
    expect(quiet.length).toBeGreaterThan(5);
    expect([...quiet].sort()).toEqual(quiet);
    expect(new Set(quiet).size).toBe(quiet.length);
  });

  it("ends with its shard, and names the children", async () => {
    const world = await createWorld();
    const { shard, got, reading, children } = await subscribed(world);
    await world.put();
    await world.run(1_000);
    await world.split(shard);
    await world.run(10_000);
    await reading;
    expect(got).toEqual(["r0"]);
    expect(children()).toHaveLength(2);
  });
});
