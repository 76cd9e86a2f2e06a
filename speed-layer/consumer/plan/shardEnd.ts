import type { HashRange, Lease } from "../lease/lease.js";
import { newLease } from "../lease/lease.js";
import { TRIM_HORIZON } from "../lease/checkpoint.js";

/** A shard as its parent's last reply names it. */
export interface ChildShard {
  readonly id: string;
  readonly parents: readonly string[];
  readonly hashRange: HashRange;
}

/** What must be in the table before a shard may be called ended. */
export type EndPlan =
  | { readonly kind: "create"; readonly leases: readonly Lease[] }
  /** A child's other parent has no lease: only the list of shards says whether it must get one first. */
  | { readonly kind: "sync" };

/** `leases` holds those of the children and of their parents, as far as there are any. */
export const planShardEnd = (
  shard: string,
  children: readonly ChildShard[],
  leases: ReadonlyMap<string, Lease>,
): EndPlan => {
  const missing = children.filter(({ id }) => !leases.has(id));
  const parents = missing.flatMap((child) => child.parents).filter((id) => id !== shard);
  if (!parents.every((id) => leases.has(id))) return { kind: "sync" };
  return {
    kind: "create",
    leases: missing.map(({ id, ...child }) => newLease(id, { checkpoint: TRIM_HORIZON, ...child })),
  };
};
