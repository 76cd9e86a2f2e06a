/** Decides when producers are to wait for the fold. */
export interface BackPressure {
  /**
   * For how long from now; 0: they need not wait.
   * @param lagMs how long ago the record arrived that is furthest behind of those read last; 0 at the end of every shard
   */
  holdMs(lagMs: number, nowMs: number): number;
}

/** A lag is compared with what it was so long before. */
const COMPARED_AFTER_MS = 500;
const HOLD_MS_MIN = 1_000;
/** Of the time since the look before: a hold lasts beyond the next look, which may ask again. */
const HOLD_TIMES = 2;

/**
 * Producers wait while the fold is more than `afterMs` behind and does not come nearer. What piled up while nothing folded is caught up with
 * beside them, as long as they bring less than is folded.
 */
export const createBackPressure = (afterMs: number | null): BackPressure => {
  let before: { readonly lagMs: number; readonly atMs: number } | null = null;
  return {
    holdMs(lagMs, nowMs) {
      if (afterMs === null || lagMs <= afterMs) {
        before = null;
        return 0;
      }
      const compared = before;
      if (compared && nowMs - compared.atMs < COMPARED_AFTER_MS) return 0;
      before = { lagMs, atMs: nowMs };
      if (!compared || lagMs < compared.lagMs) return 0;
      return Math.max(HOLD_MS_MIN, HOLD_TIMES * (nowMs - compared.atMs));
    },
  };
};
