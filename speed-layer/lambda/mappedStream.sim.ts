import type { ShardId } from "@freshet/model";
import type { LogRecord } from "@freshet/storage";
import type { Dice } from "../world/dice.sim.js";
import type { MemoryLog } from "../world/memoryLog.sim.js";
import type { StreamEvent, StreamResponse } from "./event.js";

/** How an invocation ended: answered, or its process failed or was stopped. */
export type Invoke = (event: StreamEvent, shard: ShardId) => Promise<StreamResponse | null>;

/**
 * Kinesis' event source mapping over a log in memory: batches of one shard in order, parents before children, cut at
 * random; delivered again from the least failed record on, at other cuts; now and then one that was handled already.
 */
export interface MappedStream {
  readonly met: { batches: number; repeated: number; partial: number; failed: number; bisected: number };
  /** Delivers one batch of a shard that has something left. False: nothing is left. */
  deliver(invoke: Invoke): Promise<boolean>;
}

export const eventOf = (shard: ShardId, records: readonly LogRecord[], stream: string): StreamEvent => ({
  Records: records.map(({ sequence, arrivalMs, partitionKey, data }) => ({
    eventID: `${shard}:${BigInt(sequence)}`,
    eventSourceARN: stream,
    kinesis: {
      partitionKey,
      sequenceNumber: String(BigInt(sequence)),
      data: Buffer.from(data).toString("base64"),
      approximateArrivalTimestamp: arrivalMs / 1_000,
    },
  })),
});

const BATCH_MAX = 12;

export const createMappedStream = (log: MemoryLog, dice: Dice, stream: string): MappedStream => {
  const handled = new Map<ShardId, number>();
  /** Records of the batch that failed, where it is cut in two. */
  const cutAt = new Map<ShardId, number>();
  const met = { batches: 0, repeated: 0, partial: 0, failed: 0, bisected: 0 };
  const leftOf = (id: ShardId): number => (log.all.get(id)?.records.length ?? 0) - (handled.get(id) ?? 0);

  const waiting = (): readonly ShardId[] =>
    [...log.all.values()]
      .filter(({ id, parents }) => leftOf(id) > 0 && parents.every((parent) => leftOf(parent) === 0))
      .map(({ id }) => id);

  return {
    met,
    async deliver(invoke) {
      const shards = waiting();
      if (shards.length === 0) return false;
      const shard = dice.pick(shards);
      const done = handled.get(shard) ?? 0;
      const repeated = done > 0 && dice.chance(0.1) ? Math.min(done, dice.integer(6)) : 0;
      const from = done - repeated;
      const size = cutAt.get(shard) ?? 1 + dice.integer(BATCH_MAX);
      const records = (log.all.get(shard)?.records ?? []).slice(from, Math.max(done + 1, from + size));
      const response = await invoke(eventOf(shard, records, stream), shard);
      met.batches++;
      if (repeated > 0) met.repeated++;
      cutAt.delete(shard);
      if (response === null) {
        met.failed++;
        if (records.length > 1 && dice.chance(0.5)) {
          met.bisected++;
          cutAt.set(shard, Math.ceil(records.length / 2));
        }
        return true;
      }
      const [failure] = response.batchItemFailures;
      if (failure) met.partial++;
      const failed = failure
        ? records.findIndex(({ sequence }) => BigInt(sequence) === BigInt(failure.itemIdentifier))
        : records.length;
      if (failed < 0) throw new Error(`${failure?.itemIdentifier} was not in the batch`);
      handled.set(shard, Math.max(done, from + failed));
      return true;
    },
  };
};
