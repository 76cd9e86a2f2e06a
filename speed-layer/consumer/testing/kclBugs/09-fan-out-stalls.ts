import assert from "node:assert/strict";
import { createReadBudget } from "../../source/readBudget.js";
import { createSubscriber } from "../../fanOut/subscriber.js";
import { simulatedFanOut } from "../simulatedStream.js";
import { createWorld } from "../world.js";

/** A subscription that stands and says nothing is given up, and another made. KCL #463, #644, #840; redpanda connect #4724. */
export const scenario = async (): Promise<void> => {
  const world = await createWorld({ shards: 1 });
  const [shard] = await world.openShards();
  assert.ok(shard);
  const source = createSubscriber({
    fanOut: simulatedFanOut(world.kinesis.service, await world.fanOutConsumer()),
    stream: world.stream,
    shard: shard.id,
    from: { kind: "trimHorizon" },
    clock: world.clock,
    random: () => 0.5,
    prefetch: { recordsMax: 1_000, bytesMax: 1e6 },
    budget: createReadBudget({ bytesMax: 1e6, readsMax: 4 }),
    requestTimeoutMs: 30_000,
    silenceMs: 35_000,
    onFailure: () => {},
  });
  const got: string[] = [];
  const read = async (): Promise<void> => {
    for (let found = await source.next(); found; found = await source.next())
      got.push(...found.records.map(({ data }) => Buffer.from(data).toString()));
  };
  const reading = read();
  await world.put();
  await world.run(2_000);
  const calm = world.kinesis.faults.add({ fault: "silentSubscription", times: 1 });
  await world.put();
  await world.run(60_000);
  calm();
  assert.equal(world.kinesis.faults.counts.silentSubscription, 1);
  source.close();
  await reading;
  assert.deepEqual(got, ["r0", "r1"], "what came while the subscription was silent is read by the next");
};
