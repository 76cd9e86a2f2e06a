import assert from "node:assert/strict";
import { createWorld } from "../world.js";

/** A renewal that took effect and whose answer was lost makes the next one fail: that is no loss. KCL #325. */
export const scenario = async (): Promise<void> => {
  const world = await createWorld({ shards: 2 });
  const { reports, given } = world.startWorker("a");
  await world.run(10_000);
  world.leaseFaults.lostResponses = 0.3;
  for (let round = 0; round < 60; round++) {
    await world.put();
    await world.run(2_000);
  }
  world.leaseFaults.lostResponses = 0;
  await world.run(10_000);
  assert.ok(world.struck.lostResponses > 20);
  assert.equal(reports.filter(({ kind }) => kind === "sessionEnded").length, 0, "no lease is lost");
  assert.equal(given.length, 60, "nothing is worked again");
};
