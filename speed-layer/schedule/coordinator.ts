import type { Tick } from "@freshet/model";
import type { Leases, Records, ShardLog } from "@freshet/storage";
import { advanceKnownThrough, tickOf } from "./publish.js";

export const COORDINATOR_LEASE = "coordinator";

export interface CoordinatorOptions {
  readonly log: ShardLog;
  readonly records: Records;
  readonly leases: Leases;
  readonly owner: string;
  readonly now: () => number;
  readonly aheadMs: number;
  readonly leaseTtlMs: number;
}

/** Keeps `knownThrough` a little ahead of now, under a lease. */
export interface Coordinator {
  /**
   * A worker waits at a tick beyond `knownThrough`: the log's clock runs ahead of ours, as a replay's virtual one may.
   * False: this was asked before.
   */
  ask(tick: Tick): boolean;
  /** Call it more often than `aheadMs / 2`. */
  tend(): Promise<void>;
  release(): Promise<void>;
}

export const createCoordinator = (options: CoordinatorOptions): Coordinator => {
  const { log, records, leases, owner, leaseTtlMs } = options;
  const aheadTicks = Math.max(1, Math.ceil(options.aheadMs / log.identity.segmentMs));
  let asked = -1;
  let through = -1;
  return {
    ask(tick) {
      const isNew = tick > asked;
      asked = Math.max(asked, tick);
      return isNew;
    },
    async tend() {
      const target = Math.max(tickOf(options.now(), log), asked) + aheadTicks;
      if (through >= target - aheadTicks / 2) return;
      const lease = await leases.acquire(COORDINATOR_LEASE, owner, leaseTtlMs);
      if (lease.kind === "taken") return;
      const schedule = await advanceKnownThrough(records, target as Tick);
      through = schedule?.knownThrough ?? -1;
    },
    release: () => leases.release(COORDINATOR_LEASE, owner),
  };
};
