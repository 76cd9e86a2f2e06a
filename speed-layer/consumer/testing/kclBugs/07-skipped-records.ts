import assert from "node:assert/strict";
import { createWorld } from "../world.js";

/** What a handler threw at is given to it again. KCL: ProcessTask goes on behind it; before 2.1.2 it went on behind what was queued. */
export const scenario = async (): Promise<void> => {
  const world = await createWorld({ shards: 1 });
  for (let index = 0; index < 10; index++) await world.put();
  const given: string[][] = [];
  world.startWorker("a", {}, async ({ records }) => {
    if (records.length === 0) return;
    given.push(records.map(({ data }) => Buffer.from(data).toString()));
    if (given.length === 1) throw new Error("not this time");
  });
  await world.run(30_000);
  assert.equal(given.length, 2, "the batch is given again");
  assert.deepEqual(given[1], given[0], "all of it");
};
