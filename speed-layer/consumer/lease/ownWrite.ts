import { isSameCheckpoint } from "./checkpoint.js";
import { holderOf, type Lease } from "./lease.js";
import { changed, type LeaseChange } from "./store.js";

/** The lease as it was before another worker asked for it: asking leaves the counter, and who holds it goes on holding it. */
const unasked = (lease: Lease): Lease => ({ ...lease, owner: holderOf(lease), checkpointOwner: null });

const isSameRow = (a: Lease, b: Lease): boolean =>
  a.counter === b.counter &&
  a.owner === b.owner &&
  a.checkpointOwner === b.checkpointOwner &&
  isSameCheckpoint(a.checkpoint, b.checkpoint);

/**
 * True where a row that refuses a write does so because an earlier one of the same writer, to the row as `seen`, has taken effect though its
 * answer was lost. Nobody else makes that row of it: whoever else raises the counter makes himself the holder.
 */
export const isEffectOf = (seen: Lease, change: LeaseChange, standing: Lease): boolean => {
  const meant = changed(seen, change);
  return isSameRow(meant, standing) || isSameRow(meant, unasked(standing));
};

/** True where the row is as it was seen, but for another worker's asking for it. */
export const isOnlyAskedFor = (seen: Lease, standing: Lease): boolean =>
  isSameRow(unasked(seen), unasked(standing));
