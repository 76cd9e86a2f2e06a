import type { ShardId } from "@freshet/model";
import type { Leases, Records, Shard, ShardLog } from "@freshet/storage";
import { startable } from "../shard/ancestors.js";
import { loadCheckpoint } from "../shard/checkpoint.js";
import type { CrewHost } from "./host.js";

/** Renewed when this share of a lease's time is over. */
const RENEW_AFTER = 1 / 3;

export const shardLease = (shard: ShardId): string => `speed/${shard}`;

export interface SupervisorOptions {
  readonly log: ShardLog;
  readonly records: Records;
  readonly leases: Leases;
  readonly owner: string;
  readonly now: () => number;
  readonly leaseTtlMs: number;
  readonly hosts: readonly CrewHost[];
  /** A replay folds ended shards again, so their checkpoints do not count. */
  readonly isReplay: boolean;
}

/** Gives shards to crews: each under a lease, a child after all its parents have ended. */
export interface Supervisor {
  tend(): Promise<void>;
  shardEnded(shard: ShardId): Promise<void>;
  /** A shard that met a defect is not started again. */
  shardStopped(shard: ShardId): void;
  release(): Promise<void>;
}

export const leastLoaded = (hosts: readonly CrewHost[]): CrewHost | undefined =>
  hosts.reduce<CrewHost | undefined>(
    (best, host) => (best === undefined || host.shards.size < best.shards.size ? host : best),
    undefined,
  );

export const createSupervisor = (options: SupervisorOptions): Supervisor => {
  const { log, records, leases, owner, now, leaseTtlMs, hosts } = options;
  const ended = new Set<ShardId>();
  const stopped = new Set<ShardId>();
  const held = new Map<ShardId, { readonly host: CrewHost; renewedMs: number }>();

  const giveUp = async (shard: ShardId): Promise<void> => {
    held.get(shard)?.host.release(shard);
    held.delete(shard);
    await leases.release(shardLease(shard), owner);
  };

  const renew = async (): Promise<void> => {
    for (const [shard, holding] of held) {
      if (now() - holding.renewedMs < leaseTtlMs * RENEW_AFTER) continue;
      holding.renewedMs = now();
      if (await leases.renew(shardLease(shard), owner, leaseTtlMs)) continue;
      holding.host.release(shard);
      held.delete(shard);
    }
  };

  const take = async (shard: Shard): Promise<void> => {
    const outcome = await leases.acquire(shardLease(shard.id), owner, leaseTtlMs);
    const host = leastLoaded(hosts);
    if (outcome.kind === "taken" || !host) return;
    held.set(shard.id, { host, renewedMs: now() });
    host.assign(shard);
  };

  /** Only a closed shard can have ended, and one that is folded here says so itself. */
  const findEnded = async (shards: readonly Shard[]): Promise<void> => {
    const unknown = shards.filter(({ id, closed }) => closed && !ended.has(id) && !held.has(id));
    await Promise.all(
      unknown.map(async ({ id }) => {
        if ((await loadCheckpoint(records, log.identity.id, id))?.ended) ended.add(id);
      }),
    );
  };

  return {
    async tend() {
      await renew();
      const shards = await log.shards();
      if (!options.isReplay) await findEnded(shards);
      for (const shard of startable(shards, ended)) {
        if (!held.has(shard.id) && !stopped.has(shard.id)) await take(shard);
      }
    },
    async shardEnded(shard) {
      ended.add(shard);
      await giveUp(shard);
    },
    shardStopped(shard) {
      stopped.add(shard);
    },
    async release() {
      for (const shard of held.keys()) await leases.release(shardLease(shard), owner);
      held.clear();
    },
  };
};
