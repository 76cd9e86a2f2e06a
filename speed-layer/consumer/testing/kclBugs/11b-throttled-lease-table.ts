import assert from "node:assert/strict";
import { createWorld } from "../world.js";

/** Writes that DynamoDB throttles cost no lease, and so no repetition. vmware-go-kcl #60. */
export const scenario = async (): Promise<void> => {
  const world = await createWorld({ shards: 2 });
  const workers = ["a", "b"].map((id) => world.startWorker(id));
  await world.run(40_000);
  world.leaseFaults.lostRequests = 0.3;
  for (let round = 0; round < 100; round++) {
    await world.put();
    await world.run(2_000);
  }
  world.leaseFaults.lostRequests = 0;
  await world.run(10_000);
  assert.ok(world.struck.lostRequests > 50);
  const lost = workers.flatMap(({ reports }) =>
    reports.filter((report) => report.kind === "sessionEnded" && report.end === "lost"),
  );
  assert.equal(lost.length, 0, "no lease is lost");
  assert.equal(world.truth.workedAgain, 0, "nothing is worked again");
};
