import { isEnded, type Lease } from "../lease/lease.js";

/** Whether a shard's turn has come: after every one of its parents, or a record would be seen before an earlier one of its key. */
export type Turn = "come" | "parentsAtWork" | "parentsUnknown";

/**
 * A merged shard has two parents. A parent without a lease has been worked through, or has left the log, or its row was deleted by hand:
 * that is found out by a sync, after which `past` names those that need no waiting for.
 */
export const turnOf = (lease: Lease, leases: ReadonlyMap<string, Lease>, past: ReadonlySet<string>): Turn => {
  let turn: Turn = "come";
  for (const parent of lease.parents) {
    const standing = leases.get(parent);
    if (standing && !isEnded(standing)) return "parentsAtWork";
    if (!standing && !past.has(parent)) turn = "parentsUnknown";
  }
  return turn;
};
