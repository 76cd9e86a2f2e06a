import assert from "node:assert/strict";
import { createWorld } from "../world.js";

/** Who is asked for a lease and never lets go loses it. KCL #1718, #1765. */
export const scenario = async (): Promise<void> => {
  const world = await createWorld({ shards: 2 });
  const stuck = world.startWorker("stuck", {
    process: async (session) => {
      await session.next();
      await new Promise(() => {});
    },
  });
  await world.run(10_000);
  for (let index = 0; index < 10; index++) await world.put();
  const next = world.startWorker("next");
  await world.run(60_000);
  assert.ok(next.reports.some(({ kind }) => kind === "leaseAsked"));
  assert.equal(world.owned().get("next"), 1, "the lease that was asked for has come");
  assert.equal(next.worker.shards.length, 1, "and its shard is worked");
  assert.ok(stuck.reports.some((report) => report.kind !== "sessionEnded" || report.end === "lost"));
};
