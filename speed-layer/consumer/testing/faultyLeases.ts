import type { Random } from "@freshet/simulators";
import type { Clock } from "../clock.js";
import { pause } from "../clock.js";
import type { LeaseStore } from "../lease/store.js";

/** Shares of the calls: the request never arrives, the answer never does. */
export interface LeaseFaults {
  lostRequests: number;
  lostResponses: number;
  /** There and back. */
  latencyMs: number;
}

export const NO_FAULTS: LeaseFaults = { lostRequests: 0, lostResponses: 0, latencyMs: 0 };

/** One worker's way to the lease table. `struck` counts what went wrong. */
export const faultyLeases = (
  table: LeaseStore,
  clock: Clock,
  random: Random,
  faults: LeaseFaults,
  struck: { lostRequests: number; lostResponses: number },
): LeaseStore => {
  const carry = async <T>(run: () => Promise<T>): Promise<T> => {
    const latencyMs = random.unit() * faults.latencyMs;
    if (latencyMs > 0) await pause(clock, latencyMs / 2);
    if (random.chance(faults.lostRequests)) {
      struck.lostRequests++;
      throw new Error("the request was lost");
    }
    const outcome = await run();
    if (latencyMs > 0) await pause(clock, latencyMs / 2);
    if (random.chance(faults.lostResponses)) {
      struck.lostResponses++;
      throw new Error("the response was lost");
    }
    return outcome;
  };
  return {
    list: (newest) => carry(() => table.list(newest)),
    read: (shard) => carry(() => table.read(shard)),
    create: (lease) => carry(() => table.create(lease)),
    change: (seen, change) => carry(() => table.change(seen, change)),
    remove: (seen) => carry(() => table.remove(seen)),
  };
};
