import { isEnded, isUntouched, type Lease } from "../lease/lease.js";

/**
 * The leases that nothing needs any more: the shard has ended and left the log, and all that came of it has begun. One whose shard is
 * still listed stays: without it a sync would have to guess whether the shard was worked, and might have it worked again.
 */
export const removableLeases = (leases: readonly Lease[], listed: ReadonlySet<string>): readonly Lease[] => {
  const waitedFor = new Set(leases.filter(isUntouched).flatMap(({ parents }) => parents));
  return leases.filter((lease) => isEnded(lease) && !listed.has(lease.shard) && !waitedFor.has(lease.shard));
};
