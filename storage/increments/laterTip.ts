import type { Tip } from "@freshet/model";

/** The two merged: time and sequence each for itself, neither goes back. */
export const laterTip = (standing: Tip | null, next: Tip): Tip => {
  if (!standing) return next;
  const { lastSequence } = standing;
  return {
    shard: next.shard,
    atMs: next.atMs > standing.atMs ? next.atMs : standing.atMs,
    lastSequence:
      next.lastSequence === null || (lastSequence !== null && lastSequence > next.lastSequence)
        ? lastSequence
        : next.lastSequence,
  };
};
