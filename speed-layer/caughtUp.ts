import { setTimeout as sleep } from "node:timers/promises";
import type { ShardId } from "@freshet/model";
import type { DataStore } from "@freshet/storage";
import { loadCheckpoint } from "./shard/checkpoint.js";

const POLL_MS = 20;

/**
 * Resolves when all that the log held at the call is folded and written, by whatever process: every shard's tip was
 * taken after it, or the shard has ended. `check` throws to give up.
 */
export const waitUntilCaughtUp = async (
  data: DataStore,
  now: () => number,
  check: () => void,
): Promise<void> => {
  const calledMs = now();
  const shards = (await data.log.shards()).map(({ id }) => id);
  const haveEnded = async (some: readonly ShardId[]): Promise<boolean> => {
    for (const shard of some)
      if (!(await loadCheckpoint(data.records, data.log.identity.id, shard))?.ended) return false;
    return true;
  };
  for (;;) {
    check();
    const tips = await data.increments.tips();
    const behind = shards.filter((shard) => (tips.get(shard)?.atMs ?? 0) <= calledMs);
    if (behind.length === 0) return;
    if (await haveEnded(behind)) return;
    await sleep(POLL_MS);
  }
};
