import type { Clock } from "../clock.js";
import { pause } from "../clock.js";
import type { Batch, ProcessShard } from "./shardSession.js";

export interface EachBatchOptions {
  readonly clock: Clock;
  /** How often a batch is tried before it is given to `deadLetter`. */
  readonly attemptsMax: number;
  readonly retryAfterMs: number;
  /**
   * Puts away for good what could not be done; the shard goes on behind it. Without it, and when it throws, the batch is tried again and
   * again: the shard waits, and says so.
   */
  readonly deadLetter?: (batch: Batch, error: unknown) => Promise<void>;
}

/** A process that hands over batch by batch, and accepts each when it is done. Empty ones are not handed over. */
export const eachBatch = (
  handle: (batch: Batch, shard: string) => Promise<void>,
  { clock, attemptsMax, retryAfterMs, deadLetter }: EachBatchOptions,
): ProcessShard => {
  const handled = async (batch: Batch, shard: string, lost: AbortSignal): Promise<void> => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await handle(batch, shard);
      } catch (error) {
        if (lost.aborted) throw error;
        if (attempt >= attemptsMax) {
          if (!deadLetter) throw error;
          return await deadLetter(batch, error);
        }
        await pause(clock, retryAfterMs, lost);
      }
    }
  };
  return async (session) => {
    for await (const batch of session) {
      if (batch.records.length > 0) await handled(batch, session.shard, session.lost);
      if (batch.through) session.accept(batch.through);
    }
  };
};
