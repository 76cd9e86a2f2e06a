import type { HashKey } from "@freshet/kpl";
import type { PlannedRecord } from "./plan.js";
import { holds, type ShardMap } from "./shardMap.js";

/**
 * What to do with events whose record landed in a shard that their keys do not belong to, as it happens while a stream is resharded.
 * `leave`: nothing; Freshet's readers count them where they lie. `reput`: they go again, and lie in the log twice; for streams that the
 * KCL reads too, which drops a whole aggregate when one of its members lies outside the shard's range.
 */
export type Misrouted = "leave" | "reput";

/** Places of a record's members that do not belong where it landed: of an unknown shard only its first is known to. */
export const strayMembers = (
  { members }: PlannedRecord,
  hashes: readonly HashKey[],
  landedIn: string,
  map: ShardMap | null,
): readonly number[] => {
  const shard = map?.shard(landedIn) ?? null;
  return members.filter((member, index) => index > 0 && !(shard && holds(shard, hashes[member] as HashKey)));
};
