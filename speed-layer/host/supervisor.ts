import type { ShardId } from "@freshet/model";
import type { Leases, Records, Shard, ShardLog } from "@freshet/storage";
import { startable } from "../shard/ancestors.js";
import { loadCheckpoint } from "../shard/checkpoint.js";
import { fairShare, SHARD_LEASES, type Share, WANTS } from "./fairShare.js";
import type { CrewHost } from "./host.js";

/** Renewed when this share of a lease's time is over. */
const RENEW_AFTER = 1 / 3;

export const shardLease = (shard: ShardId): string => SHARD_LEASES + shard;

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

/**
 * Gives shards to crews: each under a lease, a child after all its parents have ended. It takes whatever is free, and gives up what
 * is above its share when another process has less.
 */
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

  /** Neither a taken shard nor one that was given up is asked for again before then. */
  const waiting = new Map<ShardId, number>();
  let share: Share = { shards: Number.POSITIVE_INFINITY, isWanted: false };
  let lookedMs = Number.NEGATIVE_INFINITY;
  let wants = false;

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
    if (now() < (waiting.get(shard.id) ?? 0)) return;
    const outcome = await leases.acquire(shardLease(shard.id), owner, leaseTtlMs);
    const host = leastLoaded(hosts);
    if (outcome.kind === "taken")
      waiting.set(shard.id, Math.min(outcome.by.expiresMs, now() + leaseTtlMs * RENEW_AFTER));
    if (outcome.kind === "taken" || !host) return;
    held.set(shard.id, { host, renewedMs: now() });
    host.assign(shard);
  };

  const want = async (wanted: boolean): Promise<void> => {
    if (wanted) await leases.acquire(WANTS + owner, owner, leaseTtlMs);
    else if (wants) await leases.release(WANTS + owner, owner);
    wants = wanted;
  };

  /** Whether others have less than their share, or we do. */
  const balance = async (shards: readonly Shard[]): Promise<void> => {
    if (now() - lookedMs < leaseTtlMs * RENEW_AFTER) return;
    lookedMs = now();
    share = fairShare(await leases.list(), owner, shards.length, now());
    await want(held.size < share.shards && held.size < shards.length);
    if (!share.isWanted) return;
    for (const shard of [...held.keys()].slice(share.shards)) {
      await giveUp(shard);
      waiting.set(shard, now() + leaseTtlMs);
    }
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
      const open = startable(shards, ended);
      for (const shard of open) {
        if (share.isWanted && held.size >= share.shards) break;
        if (!held.has(shard.id) && !stopped.has(shard.id)) await take(shard);
      }
      await balance(open);
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
      await want(false);
    },
  };
};
