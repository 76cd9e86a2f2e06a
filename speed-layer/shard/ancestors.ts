import type { ShardId } from "@freshet/model";
import type { Shard } from "@freshet/storage";
import type { Checkpoint } from "./checkpoint.js";

/** A shard's ended parents, their parents and so on; those that the log has forgotten are left out. */
export const ancestorsOf = (
  shard: Shard,
  shards: readonly Shard[],
  checkpoints: ReadonlyMap<ShardId, Checkpoint>,
): readonly Checkpoint[] => {
  const byId = new Map(shards.map((one) => [one.id, one]));
  const found = new Map<ShardId, Checkpoint>();
  const todo = [...shard.parents];
  for (let parent = todo.pop(); parent !== undefined; parent = todo.pop()) {
    const checkpoint = checkpoints.get(parent);
    if (!checkpoint || found.has(parent)) continue;
    found.set(parent, checkpoint);
    todo.push(...(byId.get(parent)?.parents ?? []));
  }
  return [...found.values()];
};

/** A child's arrival clock starts at its parents' greatest; -1 without parents. */
export const clockFromParents = (shard: Shard, checkpoints: ReadonlyMap<ShardId, Checkpoint>): number =>
  Math.max(-1, ...shard.parents.map((parent) => checkpoints.get(parent)?.segmenter.clockMs ?? -1));

/**
 * The shards that can be folded now: not ended, and every parent that the log still has, has ended.
 * @param ended those whose `ended` record is written
 */
export const startable = (shards: readonly Shard[], ended: ReadonlySet<ShardId>): readonly Shard[] => {
  const there = new Set(shards.map(({ id }) => id));
  return shards.filter(
    ({ id, parents }) => !ended.has(id) && parents.every((parent) => ended.has(parent) || !there.has(parent)),
  );
};
