import { isEnded, type Lease } from "../lease/lease.js";

const HASH_LAST = (1n << 128n) - 1n;

/** True where every hash key belongs to a lease that has not ended: no record can arrive that nobody would read. */
export const coversAll = (leases: readonly Lease[]): boolean => {
  const ranges = leases.filter((lease) => !isEnded(lease)).map(({ hashRange }) => hashRange);
  if (!ranges.every((range) => range !== null)) return false;
  let nextUncovered = 0n;
  for (const { first, last } of ranges.sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0))) {
    if (first > nextUncovered) return false;
    if (last >= nextUncovered) nextUncovered = last + 1n;
  }
  return nextUncovered > HASH_LAST;
};

/** A table is read row by row while it changes: a hole counts when it has been seen this many times running. */
export const HOLES_CONFIRMED_AFTER = 3;

export interface Audit {
  readonly holesSeen: number;
  /** True when the shards are to be listed and the missing leases made. */
  readonly calls: boolean;
}

export const NOTHING_AUDITED: Audit = { holesSeen: 0, calls: false };

/** The audit after another look at the table. A hole that stays calls again each time that it has been seen as often again. */
export const audit = ({ holesSeen }: Audit, leases: readonly Lease[]): Audit => {
  if (coversAll(leases)) return NOTHING_AUDITED;
  return { holesSeen: holesSeen + 1, calls: (holesSeen + 1) % HOLES_CONFIRMED_AFTER === 0 };
};
