import assert from "node:assert/strict";
import { pause } from "../../clock.js";
import { createWorld } from "../world.js";

/** A handler so slow that the iterator runs out costs no lease, no record and no repetition. KCL PR #263. */
export const scenario = async (): Promise<void> => {
  const world = await createWorld({ shards: 1, settings: { prefetchRecordsMax: 1 } });
  let slowBatches = 2;
  const slow = world.startWorker("slow", {}, async ({ records }, clock) => {
    if (records.length > 0 && slowBatches-- > 0) await pause(clock, 400_000);
  });
  for (let index = 0; index < 3; index++) {
    await world.put();
    await world.run(2_000);
  }
  world.startWorker("waiting");
  for (let index = 0; index < 3; index++) await world.put();
  await world.run(900_000);
  assert.deepEqual(slow.given, ["r0", "r1", "r2", "r3", "r4", "r5"], "each record is given once, in order");
  assert.equal(
    slow.reports.some((report) => report.kind === "sessionEnded" && report.end === "lost"),
    false,
    "the lease is kept",
  );
};
