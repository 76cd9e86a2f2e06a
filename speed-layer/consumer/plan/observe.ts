import { holderOf, type Lease } from "../lease/lease.js";

/** A row of the lease table, and for how long this worker has seen it stand still, by this worker's own clock. */
export interface Observed {
  readonly lease: Lease;
  /** `elapsedMs` when the counter was first seen as it is. */
  readonly sinceMs: number;
  /** `elapsedMs` when the hand-over was first seen that is still going on; null where there is none. */
  readonly handOverSinceMs: number | null;
}

export type Observations = ReadonlyMap<string, Observed>;

/**
 * What is known after another look at the table. `atMs` is when the answer had come: a look cannot show a row before it was written, so
 * an owner who counts from before he asked for his write always gives up before anybody takes his lease. No other machine's clock is asked.
 */
export const observe = (before: Observations, leases: readonly Lease[], atMs: number): Observations =>
  new Map(
    leases.map((lease) => {
      const seen = before.get(lease.shard);
      const still = seen !== undefined && seen.lease.counter === lease.counter;
      const sameHandOver =
        seen?.handOverSinceMs != null &&
        seen.lease.checkpointOwner === lease.checkpointOwner &&
        seen.lease.owner === lease.owner;
      return [
        lease.shard,
        {
          lease,
          sinceMs: still ? seen.sinceMs : atMs,
          handOverSinceMs: lease.checkpointOwner === null ? null : sameHandOver ? seen.handOverSinceMs : atMs,
        },
      ];
    }),
  );

/** True where its holder has not been heard of for a lease's time, or where it has none. */
export const isFree = ({ lease, sinceMs }: Observed, nowMs: number, leaseMs: number): boolean =>
  holderOf(lease) === null || nowMs - sinceMs >= leaseMs;

/** `elapsedMs` at which the next of the leases that are still held runs out unless its holder is heard of; null where none is held. */
export const nextExpiryMs = (observations: Observations, nowMs: number, leaseMs: number): number | null => {
  let next: number | null = null;
  for (const observed of observations.values()) {
    if (isFree(observed, nowMs, leaseMs)) continue;
    const atMs = observed.sinceMs + leaseMs;
    if (next === null || atMs < next) next = atMs;
  }
  return next;
};
