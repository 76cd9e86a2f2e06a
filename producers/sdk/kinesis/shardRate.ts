/** What one producer puts into one shard a second, at most. */
export interface RateLimits {
  readonly records: number;
  readonly bytes: number;
}

/** A shard's quotas: https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html */
export const SHARD_QUOTA: RateLimits = { records: 1000, bytes: 2 ** 20 };

/**
 * A shard's budget of records and bytes. Who reserves waits for its turn, first come first served. Throttled, it gives less, and
 * gives more again by and by (additive increase, multiplicative decrease).
 */
export interface ShardRate {
  /** How long until the record may go; null, and nothing reserved, where that is more than `waitMsMax`. */
  reserve(bytes: number, nowMs: number, waitMsMax: number): number | null;
  /** How long a reservation made now would wait. */
  waitMs(nowMs: number): number;
  throttled(nowMs: number): void;
  /** Of the limits, in (0, 1]. */
  share(nowMs: number): number;
}

/** What an idle shard lets go at once. */
const BURST_MS = 250;
const CUT = 0.7;
const SHARE_MIN = 0.05;
const REGAINED_PER_SECOND = 0.05;
/** Answers to what was under way when the first was throttled say nothing new. */
const CUTS_APART_MS = 500;

export const createShardRate = (limits: RateLimits): ShardRate => {
  let recordsAtMs = Number.NEGATIVE_INFINITY;
  let bytesAtMs = Number.NEGATIVE_INFINITY;
  let shareAtCut = 1;
  let cutAtMs = Number.NEGATIVE_INFINITY;

  const share = (nowMs: number): number =>
    shareAtCut === 1 ? 1 : Math.min(1, shareAtCut + ((nowMs - cutAtMs) / 1000) * REGAINED_PER_SECOND);
  const waitMs = (nowMs: number): number => Math.max(0, recordsAtMs - nowMs, bytesAtMs - nowMs);

  return {
    share,
    waitMs,
    reserve(bytes, nowMs, waitMsMax) {
      const wait = waitMs(nowMs);
      if (wait > waitMsMax) return null;
      const perSecond = share(nowMs) / 1000;
      const sinceMs = nowMs - BURST_MS;
      recordsAtMs = Math.max(recordsAtMs, sinceMs) + 1 / (limits.records * perSecond);
      bytesAtMs = Math.max(bytesAtMs, sinceMs) + bytes / (limits.bytes * perSecond);
      return wait;
    },
    throttled(nowMs) {
      if (nowMs - cutAtMs < CUTS_APART_MS) return;
      shareAtCut = Math.max(SHARE_MIN, share(nowMs) * CUT);
      cutAtMs = nowMs;
    },
  };
};
