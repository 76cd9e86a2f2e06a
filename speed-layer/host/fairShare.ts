import type { Lease } from "@freshet/storage";

export const SHARD_LEASES = "speed/";
/** Held by who has fewer shards than its share. */
export const WANTS = "speed-wants/";

export interface Share {
  /** Of the shards there are, what each worker would have: the last may have less. */
  readonly shards: number;
  /** Somebody else has less. */
  readonly isWanted: boolean;
}

/** Whether a shard is held by anybody, as far as leases tell: one that died is held until its leases run out. */
export const isAnyHeld = (leases: readonly Lease[], nowMs: number): boolean =>
  leases.some(({ name, expiresMs }) => name.startsWith(SHARD_LEASES) && expiresMs > nowMs);

/** By the leases that stand: whoever has a shard or wants one works, and so do we. */
export const fairShare = (leases: readonly Lease[], owner: string, shards: number, nowMs: number): Share => {
  const standing = leases.filter(({ expiresMs }) => expiresMs > nowMs);
  const of = (prefix: string): readonly Lease[] => standing.filter(({ name }) => name.startsWith(prefix));
  const wanting = of(WANTS).filter((lease) => lease.owner !== owner);
  const workers = new Set([owner, ...[...of(SHARD_LEASES), ...wanting].map((lease) => lease.owner)]);
  return { shards: Math.ceil(shards / workers.size), isWanted: wanting.length > 0 };
};
