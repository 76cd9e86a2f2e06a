import { byShard, type Lease } from "../lease/lease.js";
import { type ChangeOutcome, changed, type LeaseChange, type LeaseStore } from "../lease/store.js";

export interface MemoryLeases extends LeaseStore {
  readonly rows: Map<string, Lease>;
}

/** Leases in memory, changed one at a time, as DynamoDB's conditional writes do. */
export const memoryLeases = (leases: readonly Lease[] = []): MemoryLeases => {
  const rows = new Map(byShard(leases));
  const isAs = (seen: Lease): boolean => {
    const standing = rows.get(seen.shard);
    return (
      standing !== undefined &&
      standing.counter === seen.counter &&
      standing.owner === seen.owner &&
      standing.checkpointOwner === seen.checkpointOwner
    );
  };
  return {
    rows,
    list: async () => [...rows.values()],
    read: async (shard) => rows.get(shard) ?? null,
    create: async (lease) => {
      if (rows.has(lease.shard)) return false;
      rows.set(lease.shard, lease);
      return true;
    },
    change: async (seen: Lease, change: LeaseChange): Promise<ChangeOutcome> => {
      const standing = rows.get(seen.shard) ?? null;
      if (!standing || !isAs(seen)) return { kind: "refused", standing };
      const lease = changed(standing, change);
      rows.set(lease.shard, lease);
      return { kind: "changed", lease };
    },
    remove: async (seen) => isAs(seen) && rows.delete(seen.shard),
  };
};
