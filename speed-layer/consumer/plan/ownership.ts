import type { Lease } from "../lease/lease.js";
import { isFree, type Observed } from "./observe.js";

export interface OwnershipSettings {
  /** For how long a lease is its owner's after he was last heard of. */
  readonly leaseMs: number;
  /** For how long who hands a lease over may take to finish what he has in hand. */
  readonly handOverMs: number;
  /** A free lease that others should take is taken by anybody after this. */
  readonly patienceMs: number;
  /** How many leases this worker may have; Infinity where nothing else bounds it. */
  readonly leasesMax: number;
}

export type TakeReason = "free" | "expired" | "own" | "handOverForced";

export type OwnershipAction =
  | { readonly kind: "take"; readonly lease: Lease; readonly reason: TakeReason }
  /** Asks who holds it to let go. */
  | { readonly kind: "ask"; readonly lease: Lease };

/** A worker who sees that it has too little asks for at most this part of the difference at a time: others may be asking too. */
const ASKED_SHARE = 8;

/** What is this worker's by name, though it does not work it yet. */
const takeOfOwn = (
  observed: Observed,
  nowMs: number,
  { leaseMs, handOverMs }: OwnershipSettings,
): TakeReason | null => {
  const { handOverSinceMs } = observed;
  if (handOverSinceMs === null) return "own";
  if (isFree(observed, nowMs, leaseMs)) return "expired";
  return nowMs - handOverSinceMs >= handOverMs ? "handOverForced" : null;
};

export interface OwnershipView {
  readonly me: string;
  /** Of the shards whose turn has come, and that have not ended. */
  readonly workable: readonly Observed[];
  /** The shards that this worker works, those that it has lost meanwhile included. */
  readonly held: ReadonlySet<string>;
  readonly nowMs: number;
  /** Puts a list in an order of its own: so that workers who see the same do not all begin with the same lease. */
  readonly shuffled: <T>(list: readonly T[]) => readonly T[];
}

/**
 * Which leases to take, and which to ask for. What is free is taken up to this worker's share, by anybody when it has lain free for
 * long; only when nothing is free is the fullest worker asked for some of its leases.
 */
export const planOwnership = (
  { me, workable, held, nowMs, shuffled }: OwnershipView,
  settings: OwnershipSettings,
): readonly OwnershipAction[] => {
  const { leaseMs, patienceMs, leasesMax } = settings;
  const actions: OwnershipAction[] = [];
  const free: Observed[] = [];
  const counts = new Map<string, number>([[me, 0]]);
  for (const observed of workable) {
    const { lease } = observed;
    if (lease.owner === me) {
      counts.set(me, (counts.get(me) ?? 0) + 1);
      const reason = held.has(lease.shard) ? null : takeOfOwn(observed, nowMs, settings);
      if (reason !== null) actions.push({ kind: "take", lease, reason });
    } else if (isFree(observed, nowMs, leaseMs)) {
      // Lost and not let go of yet: its handler still runs, and what it had held looks like what would be taken.
      if (!held.has(lease.shard)) free.push(observed);
    } else if (lease.owner !== null) counts.set(lease.owner, (counts.get(lease.owner) ?? 0) + 1);
  }

  const mine = counts.get(me) ?? 0;
  const share = Math.ceil(workable.length / counts.size);
  let room = Math.max(0, leasesMax - mine);
  let wanted = share - mine;
  for (const { lease, sinceMs } of shuffled(free)) {
    const overdueMs = nowMs - sinceMs - (lease.owner === null ? 0 : leaseMs);
    if (room === 0 || (wanted <= 0 && overdueMs < patienceMs)) continue;
    actions.push({ kind: "take", lease, reason: lease.owner === null ? "free" : "expired" });
    room--;
    wanted--;
  }
  if (free.length > 0 || room === 0 || wanted <= 0) return actions;

  const [fullest, most] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a));
  const difference = most - mine;
  const asked = Math.min(room, wanted, Math.floor(difference / 2), Math.ceil(difference / ASKED_SHARE));
  const askable = workable.filter(({ lease }) => lease.owner === fullest && lease.checkpointOwner === null);
  for (const { lease } of shuffled(askable).slice(0, Math.max(0, asked)))
    actions.push({ kind: "ask", lease });
  return actions;
};
