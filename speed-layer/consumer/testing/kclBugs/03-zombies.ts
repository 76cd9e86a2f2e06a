import assert from "node:assert/strict";
import { createWorld } from "../world.js";

/** Whoever works a shard no more must not go on renewing its lease. KCL #639, #1669, #1673, #1729; lifion-kinesis #332. */
export const scenario = async (): Promise<void> => {
  const world = await createWorld({ shards: 1, settings: { failuresMax: 2 } });
  const broken = world.startWorker("broken", {
    process: async () => {
      throw new Error("the handler is broken");
    },
  });
  await world.run(3_000);
  world.startWorker("sound");
  await world.put();
  await world.run(40_000);
  await assert.rejects(broken.worker.done, /the handler is broken/);
  assert.deepEqual(world.truth.unworked(), [], "the shard of a worker that gave up is worked by another");
};
