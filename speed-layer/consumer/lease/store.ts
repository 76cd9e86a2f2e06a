import type { Lease } from "./lease.js";

/** Where leases lie. Every method may fail after its effect: then the caller asks again, and finds what it did. */
export interface LeaseStore {
  /** All of them, each as it stood at some moment; where it is not to be `newest`, that may be a second ago. */
  list(newest: boolean): Promise<readonly Lease[]>;
  /** As it stands now. */
  read(shard: string): Promise<Lease | null>;
  /** False, and nothing changed, where the shard has a lease. */
  create(lease: Lease): Promise<boolean>;
  /** Takes effect only where counter, owner and checkpoint owner are those of `seen`. */
  change(seen: Lease, change: LeaseChange): Promise<ChangeOutcome>;
  /** False, and nothing changed, where the lease is no longer as `seen`. */
  remove(seen: Lease): Promise<boolean>;
}

/** What is absent stays as it is. */
export interface LeaseChange {
  /** Everybody's but that of who asks for a hand-over, and who completes a row. */
  readonly raisesCounter: boolean;
  readonly owner?: string | null;
  readonly checkpointOwner?: string | null;
  readonly checkpoint?: Lease["checkpoint"];
  readonly ownerSwitches?: number;
  readonly parents?: readonly string[];
  readonly children?: readonly string[];
  readonly hashRange?: Lease["hashRange"];
}

export type ChangeOutcome =
  | { readonly kind: "changed"; readonly lease: Lease }
  | { readonly kind: "refused"; readonly standing: Lease | null };

/** What a lease becomes by a change. */
export const changed = (seen: Lease, { raisesCounter, ...fields }: LeaseChange): Lease => ({
  ...seen,
  ...fields,
  counter: seen.counter + (raisesCounter ? 1 : 0),
});
