import assert from "node:assert/strict";
import { createWorld } from "../world.js";

/** A row that is deleted under its holder comes back with what its holder knows. KCL #461. */
export const scenario = async (): Promise<void> => {
  const world = await createWorld({ shards: 1 });
  const { given } = world.startWorker("a");
  for (let index = 0; index < 10; index++) await world.put();
  await world.run(20_000);
  world.table.rows.clear();
  await world.run(60_000);
  const [row] = world.rows();
  assert.equal(row?.checkpoint.kind, "at", "the row is there again, with its checkpoint");
  assert.equal(given.length, 10, "nothing is given out again");
};
