import assert from "node:assert/strict";
import type { ShardSession } from "../../session/shardSession.js";
import { createWorld } from "../world.js";

/** What a worker accepts after another has taken its lease is not written. KCL #108, #563. */
export const scenario = async (): Promise<void> => {
  const world = await createWorld({ shards: 1 });
  for (let index = 0; index < 3; index++) await world.put();
  let late: ShardSession | null = null;
  const frozen = world.startWorker("frozen", {
    process: async (session) => {
      late ??= session;
      await session.next();
      await new Promise(() => {});
    },
  });
  await world.run(5_000);
  frozen.freezer.freeze();
  const living = world.startWorker("living");
  await world.run(20_000);
  assert.equal(living.given.length, 3);
  const session = late as ShardSession | null;
  assert.ok(session);
  const before = world.rows();
  // The stale process runs again, and its handler goes on before any timer of its own is looked at.
  const flushed = session.flush();
  frozen.freezer.thaw();
  await world.run(1);
  assert.equal(await flushed, false, "a stale owner's checkpoint is refused");
  assert.deepEqual(world.rows(), before, "a stale owner changes nothing");
};
