import assert from "node:assert/strict";
import { createWorld } from "../world.js";

const MINUTES = 5;

/** A shard costs a write each third of a lease's time, however often its handler accepts. KCL #1406. */
export const scenario = async (): Promise<void> => {
  const world = await createWorld({ shards: 1, settings: { idlePollMs: 250 } });
  world.startWorker("a");
  await world.run(10_000);
  const before = world.rows()[0]?.counter ?? 0;
  for (let second = 0; second < 60 * MINUTES; second++) {
    await world.put();
    await world.run(1_000);
  }
  const writes = (world.rows()[0]?.counter ?? 0) - before;
  assert.equal(world.truth.unworked().length, 0);
  assert.ok(writes <= MINUTES * 19, `${writes} writes in ${MINUTES} minutes`);
};
