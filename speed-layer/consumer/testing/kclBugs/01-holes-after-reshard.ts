import assert from "node:assert/strict";
import { createWorld } from "../world.js";

/** A row is gone that nobody holds: the shard would be read by nobody, and no reshard would bring it up. KCL #339, #185, #662. */
export const scenario = async (): Promise<void> => {
  const world = await createWorld({ shards: 2 });
  const dead = world.startWorker("dead");
  const living = world.startWorker("living");
  await world.run(30_000);
  for (let index = 0; index < 20; index++) await world.put();
  dead.freezer.freeze();
  const [lost] = world.rows().filter(({ owner }) => owner === "dead");
  assert.ok(lost);
  world.table.rows.delete(lost.shard);
  await world.run(30_000);
  assert.deepEqual(world.truth.unworked(), [], "a shard without a lease is found by its hash keys");
  assert.ok(living.reports.some((report) => report.kind === "leasesMade" && report.why === "hole"));
};
