import type { Clock } from "../clock.js";
import { withDeadline } from "../deadline.js";
import type { LeaseStore } from "./store.js";

/** A store that fails rather than lets its caller wait past `timeoutMs`: a lease runs out while one waits. */
export const createTimedStore = (store: LeaseStore, clock: Clock, timeoutMs: number): LeaseStore => {
  const timed = <T>(what: string, run: () => Promise<T>): Promise<T> =>
    withDeadline(clock, timeoutMs, `${what} in the lease table`, run);
  return {
    list: (newest) => timed("listing the leases", () => store.list(newest)),
    read: (shard) => timed(`reading the lease of ${shard}`, () => store.read(shard)),
    create: (lease) => timed(`creating the lease of ${lease.shard}`, () => store.create(lease)),
    change: (seen, change) => timed(`changing the lease of ${seen.shard}`, () => store.change(seen, change)),
    remove: (seen) => timed(`removing the lease of ${seen.shard}`, () => store.remove(seen)),
  };
};
