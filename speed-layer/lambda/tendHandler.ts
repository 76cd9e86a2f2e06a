import type { ShardId, Tip } from "@freshet/model";
import { heartbeatRecord, type Shard } from "@freshet/storage";
import { HEARTBEAT_KEY } from "../worker/shardWorker.js";
import { foldingOnce, type HandlerOptions, type InvocationContext, timeOf } from "./streamHandler.js";

export type TendHandler = (event: unknown, context: InvocationContext) => Promise<void>;

/** Open shards of which nothing was folded for a while. */
export const idleShards = (
  shards: readonly Shard[],
  tips: ReadonlyMap<ShardId, Tip>,
  beforeMs: number,
): readonly Shard[] =>
  shards.filter(({ id, closed }) => !closed && (tips.get(id)?.atMs ?? Number.NEGATIVE_INFINITY) <= beforeMs);

/**
 * What no delivered batch brings about, to be run every minute by a schedule: closed shards are folded to their ends,
 * idle ones get a control record, so that their last segments are finished, and the app's schedule stays known ahead.
 */
export const createTendHandler = (options: HandlerOptions): TendHandler => {
  const folding = foldingOnce(options);
  return async (_event, context) => {
    const { stores, settings, coordinator, endClosed } = await folding();
    const { log, increments } = stores;
    await coordinator.tend();
    const idle = idleShards(
      await log.shards(),
      await increments.tips(),
      options.now() - settings.heartbeatAfterMs,
    );
    const entry = { partitionKey: HEARTBEAT_KEY, data: heartbeatRecord() };
    if (idle.length > 0)
      await log.append(idle.map(({ hashRange }) => ({ ...entry, explicitHashKey: hashRange.first })));
    await endClosed(timeOf(context));
  };
};
