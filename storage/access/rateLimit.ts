/** A token bucket that holds one second's worth. */
export interface RateLimit {
  /** 0 when the request may pass; else milliseconds until one may. */
  take(nowMs: number): number;
}

const BURST_SECONDS = 1;

export const createRateLimit = (perSecond: number): RateLimit => {
  const most = Math.max(1, perSecond * BURST_SECONDS);
  let tokens = most;
  let atMs: number | null = null;
  return {
    take(nowMs) {
      if (atMs !== null) tokens = Math.min(most, tokens + (Math.max(0, nowMs - atMs) / 1000) * perSecond);
      atMs = nowMs;
      if (tokens >= 1) {
        tokens -= 1;
        return 0;
      }
      return Math.ceil(((1 - tokens) / perSecond) * 1000);
    },
  };
};
