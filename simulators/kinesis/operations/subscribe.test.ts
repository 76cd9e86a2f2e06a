import type { StartingPosition, SubscribeToShardEvent } from "@aws-sdk/client-kinesis";
import { describe, expect, it } from "vitest";
import { aRig, bytesOf, shardId, textOf } from "../testing/rig.js";
import type { Subscription } from "./subscribe.js";

const MIB = 2 ** 20;

/** A stream of one shard, a consumer, and what subscribes it. */
const aFanOut = async (options: Parameters<typeof aRig>[0] = {}) => {
  const rig = aRig(options);
  await rig.create(1);
  const arn = await rig.register("c");
  return {
    ...rig,
    arn,
    subscribe: (StartingPosition: StartingPosition = { Type: "TRIM_HORIZON" }) =>
      rig.kinesis.service.subscribe({ ConsumerARN: arn, ShardId: shardId(0), StartingPosition }),
    /** What comes while time passes. */
    async collect(subscription: Subscription, ms: number) {
      const events: SubscribeToShardEvent[] = [];
      let outcome = "running";
      const reading = (async () => {
        try {
          for (let event = await subscription.next(); event; event = await subscription.next())
            events.push(event);
          outcome = "over";
        } catch (error) {
          outcome = (error as { readonly code: string }).code;
        }
      })();
      await rig.clock.advance(ms);
      if (outcome !== "running") await reading;
      return { events, texts: events.flatMap(textsOf), outcome: () => outcome };
    },
  };
};
const textsOf = ({ Records }: SubscribeToShardEvent): readonly string[] =>
  (Records ?? []).map(({ Data }) => textOf(Data));

describe("SubscribeToShard", () => {
  it("T1: refuses another within 5 s of a success, and then takes over from the first", async () => {
    const { subscribe, collect, clock } = await aFanOut();
    const first = await collect(await subscribe(), 0);
    await clock.advance(1_000);
    await expect(subscribe()).rejects.toMatchObject({ code: "ResourceInUseException" });
    await clock.advance(3_999);
    await expect(subscribe()).rejects.toMatchObject({ code: "ResourceInUseException" });
    expect(first.outcome()).toBe("running");
    await clock.advance(1_000);
    const second = await collect(await subscribe(), 0);
    await clock.settle();
    expect(first.outcome()).toBe("ResourceInUseException");
    expect(second.outcome()).toBe("running");
  });

  it("T1: refuses more than one call a second for a consumer and shard", async () => {
    const { subscribe, kinesis, register, clock } = await aFanOut();
    (await subscribe()).cancel();
    await expect(subscribe()).rejects.toMatchObject({ code: "LimitExceededException" });
    const other = await register("other");
    const position = { ShardId: shardId(0), StartingPosition: { Type: "LATEST" } } as const;
    await expect(kinesis.service.subscribe({ ConsumerARN: other, ...position })).resolves.toBeDefined();
    await clock.advance(5_000);
    await expect(subscribe()).resolves.toBeDefined();
  });

  it("T1: ends after five minutes, and goes on from its continuation without loss", async () => {
    const { subscribe, collect, put, clock } = await aFanOut();
    const first = await collect(await subscribe(), 299_999);
    expect(first.outcome()).toBe("running");
    await put([{ key: "a" }]);
    await clock.advance(1);
    expect(first.outcome()).toBe("over");
    const SequenceNumber = first.events.at(-1)?.ContinuationSequenceNumber;
    const second = await collect(await subscribe({ Type: "AFTER_SEQUENCE_NUMBER", SequenceNumber }), 1_000);
    expect([...first.events.flatMap(textsOf), ...second.events.flatMap(textsOf)]).toEqual(["a"]);
  });

  it("T1: goes on telling an advancing continuation while the shard is quiet", async () => {
    const { subscribe, collect } = await aFanOut();
    const { events } = await collect(await subscribe(), 60_000);
    const numbers = events.map(({ ContinuationSequenceNumber }) => BigInt(ContinuationSequenceNumber ?? 0));
    expect(numbers).toHaveLength(12);
    for (const [at, number] of numbers.entries())
      if (at > 0) expect(number > (numbers[at - 1] ?? 0n)).toBe(true);
  });

  it("gives a record 70 ms after its arrival, and holds a consumer to 2 MiB a second", async () => {
    const { subscribe, collect, put, clock } = await aFanOut({ limits: { shardWriteBytes: 100 * MIB } });
    const subscription = await subscribe();
    await put([{ key: "a", data: bytesOf("x") }]);
    const { events } = await collect(subscription, 69);
    expect(events).toHaveLength(0);
    await clock.advance(1);
    expect(events).toHaveLength(1);
    const large = { key: "a", data: new Uint8Array(MIB - 1) };
    await put(Array.from({ length: 8 }, () => large));
    await clock.advance(2_000);
    const sent = events.flatMap(({ Records }) => Records ?? []).length - 1;
    expect(sent).toBeGreaterThanOrEqual(4);
    expect(sent).toBeLessThanOrEqual(7);
    await clock.advance(3_000);
    expect(events.flatMap(({ Records }) => Records ?? [])).toHaveLength(9);
  });

  it("T1: ends with the shard: no continuation, its children named, once all its records are out", async () => {
    const { subscribe, collect, put, call } = await aFanOut();
    await put([{ key: "a" }, { key: "b" }]);
    const subscription = await subscribe();
    await call("SplitShard", { StreamName: "s", ShardToSplit: shardId(0), NewStartingHashKey: "7" });
    const { events, texts, outcome } = await collect(subscription, 5_000);
    expect(texts).toEqual(["a", "b"]);
    expect(outcome()).toBe("over");
    expect(events.at(-1)?.ContinuationSequenceNumber).toBeUndefined();
    expect(events.at(-1)?.ChildShards?.map(({ ShardId }) => ShardId)).toEqual([shardId(1), shardId(2)]);
    expect(events.slice(0, -1).every(({ ChildShards }) => ChildShards === undefined)).toBe(true);
  });

  it("tells an open subscription at once that its shard has ended", async () => {
    const { subscribe, collect, call, clock } = await aFanOut();
    const { outcome } = await collect(await subscribe(), 100);
    await call("SplitShard", { StreamName: "s", ShardToSplit: shardId(0), NewStartingHashKey: "7" });
    await clock.settle();
    expect(outcome()).toBe("over");
  });

  it("T1: can fall silent for ever, or break", async () => {
    const { subscribe, collect, put, kinesis, clock } = await aFanOut();
    kinesis.faults.add({ fault: "silentSubscription", times: 1 });
    const subscription = await subscribe();
    await put([{ key: "a" }]);
    const silent = await collect(subscription, 400_000);
    expect([silent.texts, silent.outcome()]).toEqual([[], "running"]);
    kinesis.faults.add({ fault: "brokenSubscription", times: 1 });
    const broken = await collect(await subscribe(), 1_000);
    expect(broken.outcome()).toBe("ECONNRESET");
    await clock.settle();
    expect(silent.outcome()).toBe("ResourceInUseException");
  });

  it.each(["stream", "consumer"])("fails when its %s is deleted", async (what) => {
    const { subscribe, collect, call, clock, arn } = await aFanOut();
    const { outcome } = await collect(await subscribe(), 100);
    if (what === "stream") await call("DeleteStream", { StreamName: "s", EnforceConsumerDeletion: true });
    else await call("DeregisterStreamConsumer", { ConsumerARN: arn });
    await clock.settle();
    expect(outcome()).toBe("ResourceNotFoundException");
  });

  it("leaves no timer behind when it is cancelled", async () => {
    const { subscribe, collect, clock } = await aFanOut();
    const subscription = await subscribe();
    const { outcome } = await collect(subscription, 100);
    subscription.cancel();
    await clock.settle();
    expect([outcome(), clock.waiting()]).toEqual(["over", 0]);
  });
});
