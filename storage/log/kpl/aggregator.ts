import { hashKeyNumber, hashKeyOf } from "./hashRange.js";
import { createAggregateEncoder } from "./encode.js";
import { startsWithMagic } from "./format.js";
import type { UserRecord } from "./userRecord.js";

/** A reader finds the members' own keys inside. */
const WIRE_PARTITION_KEY = "a";

/** What is put into the log: one user record as it is, or an aggregate. */
export interface WireRecord {
  readonly partitionKey: string;
  /** Its first member's: so it lies in the shard to which that member belongs. */
  readonly explicitHashKey: bigint;
  readonly data: Uint8Array;
  readonly count: number;
}

export interface AggregatorLimits {
  /** Of data and partition key together, in UTF-8 bytes, as Kinesis counts them. Does not hold for a record that travels alone. */
  readonly bytesMax: number;
  readonly countMax: number;
}

/**
 * Joins user records of one shard, in order. Records of several shards must not share an aggregate:
 * the KCL drops those that lie outside the range of the shard that they arrive in.
 */
export interface Aggregator {
  readonly count: number;
  /** What `take` would put, as Kinesis counts it; 0 when there is nothing. */
  readonly wireBytes: number;
  /**
   * False, and nothing changed, when the record has no place beside the others; the first always has one.
   * The data of the first must stay as they are until `take`; others are copied. @throws RangeError for an explicit hash key that has not 128 bits.
   */
  add(record: UserRecord): boolean;
  /** All since the last time; null when there is nothing. */
  take(): WireRecord | null;
}

const hashOf = ({ explicitHashKey, partitionKey }: UserRecord): bigint =>
  explicitHashKey ?? hashKeyNumber(hashKeyOf(partitionKey));

/** What begins like an aggregate must be wrapped, or readers that trust the beginning would lose it. */
const travelsAsItIs = (lone: UserRecord): boolean => !startsWithMagic(lone.data);

export const createAggregator = ({ bytesMax, countMax }: AggregatorLimits): Aggregator => {
  const encoder = createAggregateEncoder();
  let first: UserRecord | null = null;
  const aggregateBytesMax = bytesMax - WIRE_PARTITION_KEY.length;

  return {
    get count() {
      return encoder.count;
    },
    get wireBytes() {
      if (first === null) return 0;
      return encoder.count === 1 && travelsAsItIs(first)
        ? Buffer.byteLength(first.partitionKey) + first.data.length
        : WIRE_PARTITION_KEY.length + encoder.size;
    },
    add: (record) => {
      if (first !== null) return encoder.count < countMax && encoder.add(record, aggregateBytesMax);
      encoder.add(record, Infinity);
      first = record;
      return true;
    },
    take: () => {
      if (first === null) return null;
      const { count } = encoder;
      const wire: WireRecord =
        count === 1 && travelsAsItIs(first)
          ? { partitionKey: first.partitionKey, explicitHashKey: hashOf(first), data: first.data, count }
          : {
              partitionKey: WIRE_PARTITION_KEY,
              explicitHashKey: hashOf(first),
              data: encoder.encode(),
              count,
            };
      encoder.clear();
      first = null;
      return wire;
    },
  };
};
