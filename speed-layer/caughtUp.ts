import { setTimeout as sleep } from "node:timers/promises";
import type { DataStore } from "@freshet/storage";
import { loadCheckpoints } from "./shard/checkpoint.js";

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
  for (;;) {
    check();
    const tips = await data.increments.tips();
    const behind = shards.filter((shard) => (tips.get(shard)?.atMs ?? 0) <= calledMs);
    if (behind.length === 0) return;
    const checkpoints = await loadCheckpoints(data.records, data.log.identity.id);
    if (behind.every((shard) => checkpoints.get(shard)?.ended)) return;
    await sleep(POLL_MS);
  }
};
