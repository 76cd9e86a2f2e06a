import assert from "node:assert/strict";
import { createWorld } from "../world.js";

/** Everybody has his share, or may not have more, and a lease lies free. KCL #136, zio-kinesis #1083. */
export const scenario = async (): Promise<void> => {
  const world = await createWorld({ shards: 4 });
  const one = world.startWorker("one");
  await world.run(5_000);
  const other = world.startWorker("other");
  world.startWorker("capped", { settings: { ...world.settings, leasesMax: 1 } });
  await world.run(60_000);
  assert.equal(world.owned().get("capped"), 1);
  const dying = world.owned().get("one") === 1 ? one : other;
  dying.freezer.freeze();
  await world.run(30_000);
  assert.equal(
    world.owned().get(dying.id),
    undefined,
    "a lease that lies free for long is taken by anybody who may",
  );
};
