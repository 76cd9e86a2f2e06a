import type { Clock } from "../clock.js";
import type { Batch } from "../session/shardSession.js";

/** How far a shard's reading and its handling are behind; both in milliseconds, null before anything is known. */
export interface ShardStatus {
  readonly shard: string;
  /** The stream's: how far the last batch's end lies behind the newest record. */
  readonly behindMs: number | null;
  /** The handler's: for how long it has had a batch in hand; 0 when it waits for one. */
  readonly inHandMs: number;
}

interface Lag {
  behindMs: number | null;
  sinceMs: number | null;
}

export const createLags = (clock: Clock) => {
  const lags = new Map<string, Lag>();
  const lagOf = (shard: string): Lag => {
    const lag = lags.get(shard) ?? { behindMs: null, sinceMs: null };
    lags.set(shard, lag);
    return lag;
  };
  return {
    given: (shard: string, batch: Batch): void => {
      const lag = lagOf(shard);
      lag.behindMs = batch.behindMs;
      lag.sinceMs ??= batch.records.length > 0 ? batch.givenMs : null;
    },
    accepted: (shard: string): void => {
      lagOf(shard).sinceMs = null;
    },
    over: (shard: string): void => {
      lags.delete(shard);
    },
    of: (shard: string): ShardStatus => {
      const { behindMs, sinceMs } = lags.get(shard) ?? { behindMs: null, sinceMs: null };
      return { shard, behindMs, inHandMs: sinceMs === null ? 0 : clock.elapsedMs() - sinceMs };
    },
  };
};
