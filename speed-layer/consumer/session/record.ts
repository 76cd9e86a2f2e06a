import { type AggregateMember, decodeAggregate, type DigestPolicy } from "@freshet/kpl";
import { comparePositions, type Position } from "../lease/position.js";
import type { StreamRecord } from "../stream/stream.js";

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

/**
 * The user records of a record. What only looks like an aggregate, or is broken, is one user's own data; members that belong
 * to another shard's range, after a reshard, are delivered like the others: nobody else will get them.
 */
export const userRecordsOf = (record: StreamRecord, digest: DigestPolicy): readonly ConsumedRecord[] =>
  decodeAggregate(record.data, digest)?.map((found, index) => member(record, found, index)) ?? [
    alone(record),
  ];

/** The user records of several records, but for those at or before `after`. */
export const recordsAfter = (
  after: Position | null,
  records: readonly StreamRecord[],
  unpacking: Unpacking,
  digest: DigestPolicy,
): readonly ConsumedRecord[] => {
  const found =
    unpacking === "always" ? records.flatMap((record) => userRecordsOf(record, digest)) : records.map(alone);
  return after === null ? found : found.filter((record) => comparePositions(record, after) > 0);
};
