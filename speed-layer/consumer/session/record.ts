import { type AggregateMember, decodeAggregate, type DigestPolicy } from "@freshet/kpl";
import type { HashRange } from "../lease/lease.js";
import { comparePositions, type Position } from "../lease/position.js";
import type { StreamRecord } from "../stream/stream.js";
import { isMisrouted, type Misrouted } from "./misrouted.js";

/** What one user put, whether it travelled alone or in a KPL aggregate. */
export interface ConsumedRecord extends Position {
  /** Of the record that brought it: milliseconds since 1970. */
  readonly arrivalMs: number;
  readonly partitionKey: string | null;
  /** Decimal; null where the user gave none, and for what travelled alone: Kinesis does not say it. */
  readonly explicitHashKey: string | null;
  /** A view of what Kinesis sent: copy it to keep it. */
  readonly data: Uint8Array;
}

export type Unpacking = "always" | "never";

const alone = ({ sequence, arrivalMs, partitionKey, data }: StreamRecord): ConsumedRecord => ({
  sequence,
  subsequence: 0,
  arrivalMs,
  partitionKey,
  explicitHashKey: null,
  data,
});

const member = (
  { sequence, arrivalMs }: StreamRecord,
  { partitionKey, explicitHashKey, data }: AggregateMember,
  subsequence: number,
): ConsumedRecord => ({ sequence, subsequence, arrivalMs, partitionKey, explicitHashKey, data });

export interface Unpacked {
  readonly records: readonly ConsumedRecord[];
  /** The last that there was, also where it is not among the records; null: none. */
  readonly last: Position | null;
  /** Members that belong to another shard; not counted where they are delivered unseen. */
  readonly misrouted: number;
}

export interface UnpackOptions {
  readonly unpacking: Unpacking;
  readonly digest: DigestPolicy;
  readonly misrouted: Misrouted;
  /** The shard's; null where it is not known: then nothing is misrouted. */
  readonly hashRange: HashRange | null;
}

/**
 * The user records of several records, but for those at or before `after`. What only looks like an aggregate, or is broken, is one
 * user's own data. Members that belong to another shard's range are delivered unless told otherwise: nobody else will get them.
 */
export const recordsAfter = (
  after: Position | null,
  records: readonly StreamRecord[],
  { unpacking, digest, misrouted, hashRange }: UnpackOptions,
): Unpacked => {
  const strays = new Set<ConsumedRecord>();
  const unpack = (record: StreamRecord): readonly ConsumedRecord[] => {
    if (unpacking === "never") return [alone(record)];
    const members = decodeAggregate(record.data, digest);
    if (!members) return [alone(record)];
    return members.map((found, index) => {
      const one = member(record, found, index);
      if (misrouted !== "deliver" && hashRange && isMisrouted(found, hashRange)) strays.add(one);
      return one;
    });
  };
  const all = records.flatMap(unpack);
  const found = after === null ? all : all.filter((record) => comparePositions(record, after) > 0);
  const last = found.at(-1) ?? null;
  if (strays.size === 0) return { records: found, last, misrouted: 0 };
  const kept = found.filter((record) => !strays.has(record));
  return { records: misrouted === "drop" ? kept : found, last, misrouted: found.length - kept.length };
};
