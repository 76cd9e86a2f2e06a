/** Decides when producers are to wait for the fold. */
export interface BackPressure {
  /** @param lagMs how long ago the record arrived that is furthest behind of those read last; 0 at the end of every shard */
  isNeeded(lagMs: number, nowMs: number): boolean;
}

/** A lag is compared with what it was so long before. */
const COMPARED_AFTER_MS = 500;

/**
 * Producers wait while the fold is more than `afterMs` behind and does not come nearer. What piled up while nothing folded is caught up with
 * beside them, as long as they bring less than is folded.
 */
export const createBackPressure = (afterMs: number | null): BackPressure => {
  let before: { readonly lagMs: number; readonly atMs: number } | null = null;
  return {
    isNeeded(lagMs, nowMs) {
      if (afterMs === null || lagMs <= afterMs) {
        before = null;
        return false;
      }
      const compared = before;
      if (compared && nowMs - compared.atMs < COMPARED_AFTER_MS) return false;
      before = { lagMs, atMs: nowMs };
      return compared !== null && lagMs >= compared.lagMs;
    },
  };
};
