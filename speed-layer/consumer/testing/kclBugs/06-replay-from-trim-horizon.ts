import assert from "node:assert/strict";
import { createWorld } from "../world.js";

/** A shard that was worked through is not begun again because its row is gone. KCL #751, #580. */
export const scenario = async (): Promise<void> => {
  const world = await createWorld({ shards: 1 });
  const first = world.startWorker("first");
  for (let generation = 0; generation < 3; generation++) {
    for (let index = 0; index < 20; index++) await world.put();
    await world.run(20_000);
    // The newest child: its parent was split before it.
    const child = (await world.openShards()).at(-1);
    if (child && generation < 2) await world.split(child);
  }
  assert.equal(first.given.length, 60);
  // As the KCL cleans up: when the children have begun, though the log still holds the parent.
  const cleaned = world
    .rows()
    .filter(({ checkpoint, parents }) => checkpoint.kind === "shardEnd" && parents.length > 0);
  assert.equal(cleaned.length, 1);
  for (const { shard } of cleaned) world.table.rows.delete(shard);
  const before = world.rows().map(({ shard }) => shard);
  const second = world.startWorker("second");
  await world.run(30_000);
  assert.deepEqual(
    world.rows().map(({ shard }) => shard),
    before,
    "what was worked through gets no lease again",
  );
  assert.equal(first.given.length + second.given.length, 60, "nothing is worked again");
};
