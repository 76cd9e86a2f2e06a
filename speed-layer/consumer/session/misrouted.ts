import { type AggregateMember, hashKeyNumber, hashKeyOf } from "@freshet/kpl";
import type { HashRange } from "../lease/lease.js";

/**
 * What becomes of members of an aggregate whose keys belong to another shard: after a reshard an aggregate goes, whole, where its first
 * member belongs. The KCL drops such an aggregate. `deliver` does not look at keys; `count` and `drop` take an MD5 of each key, and
 * `drop` loses records unless their producer puts them again.
 */
export type Misrouted = "deliver" | "count" | "drop";

const DECIMAL = /^\d{1,39}$/;

/** Null: the aggregate is broken there, and does not say where its member belongs. */
const hashOf = ({ partitionKey, explicitHashKey }: AggregateMember): bigint | null => {
  if (explicitHashKey !== null) return DECIMAL.test(explicitHashKey) ? BigInt(explicitHashKey) : null;
  return partitionKey === null ? null : hashKeyNumber(hashKeyOf(partitionKey));
};

/** Whether a member's key lies outside a shard's range, both ends of which are inclusive. */
export const isMisrouted = (member: AggregateMember, { first, last }: HashRange): boolean => {
  const hash = hashOf(member);
  return hash !== null && (hash < first || hash > last);
};
