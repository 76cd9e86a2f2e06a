import { createByteWriter } from "@freshet/model";
import { hashKeyFrom } from "../hashRange.js";
import { digestOf } from "./digest.js";
import {
  DATA,
  EXPLICIT_HASH_KEY,
  EXPLICIT_HASH_KEY_INDEX,
  FRAME_BYTES,
  MAGIC,
  MEMBER,
  PARTITION_KEY,
  PARTITION_KEY_INDEX,
} from "./format.js";
import { fieldBytes, varintBytes } from "./size.js";
import type { UserRecord } from "./userRecord.js";

/** User records on their way into one aggregate. Holds on to their data until `encode`. */
export interface AggregateEncoder {
  readonly count: number;
  /** Exactly what `encode` will return, in bytes. */
  readonly size: number;
  /** The size if `record` were added. @throws RangeError for an explicit hash key that has not 128 bits. */
  sizeWith(record: UserRecord): number;
  add(record: UserRecord): void;
  encode(): Uint8Array;
}

interface Member {
  readonly keyIndex: number;
  /** -1: none. */
  readonly hashKeyIndex: number;
  readonly data: Uint8Array;
}

/** The tags before an index and its varint. */
const indexBytes = (index: number): number => (index < 0 ? 0 : 1 + varintBytes(index));

const memberBytes = ({ keyIndex, hashKeyIndex, data }: Member): number =>
  indexBytes(keyIndex) + indexBytes(hashKeyIndex) + fieldBytes(data.length);

export const createAggregateEncoder = (): AggregateEncoder => {
  const keys = new Map<string, number>();
  const hashKeys = new Map<bigint, number>();
  const members: Member[] = [];
  let size = FRAME_BYTES;

  const memberOf = ({ partitionKey, explicitHashKey, data }: UserRecord): Member => ({
    keyIndex: keys.get(partitionKey) ?? keys.size,
    hashKeyIndex: explicitHashKey === undefined ? -1 : (hashKeys.get(explicitHashKey) ?? hashKeys.size),
    data,
  });

  const bytesToAdd = (member: Member, { partitionKey, explicitHashKey }: UserRecord): number => {
    let bytes = fieldBytes(memberBytes(member));
    if (member.keyIndex === keys.size) bytes += fieldBytes(Buffer.byteLength(partitionKey));
    if (explicitHashKey !== undefined && member.hashKeyIndex === hashKeys.size) {
      hashKeyFrom(explicitHashKey);
      bytes += fieldBytes(explicitHashKey.toString().length);
    }
    return bytes;
  };

  return {
    get count() {
      return members.length;
    },
    get size() {
      return size;
    },
    sizeWith: (record) => size + bytesToAdd(memberOf(record), record),
    add: (record) => {
      const member = memberOf(record);
      size += bytesToAdd(member, record);
      if (member.keyIndex === keys.size) keys.set(record.partitionKey, member.keyIndex);
      if (record.explicitHashKey !== undefined && member.hashKeyIndex === hashKeys.size) {
        hashKeys.set(record.explicitHashKey, member.hashKeyIndex);
      }
      members.push(member);
    },
    encode: () => {
      const out = createByteWriter(size);
      out.bytes(MAGIC);
      for (const key of keys.keys()) {
        out.byte(PARTITION_KEY);
        out.text(key);
      }
      for (const hashKey of hashKeys.keys()) {
        out.byte(EXPLICIT_HASH_KEY);
        out.text(hashKey.toString());
      }
      for (const member of members) {
        out.byte(MEMBER);
        out.varint(memberBytes(member));
        out.byte(PARTITION_KEY_INDEX);
        out.varint(member.keyIndex);
        if (member.hashKeyIndex >= 0) {
          out.byte(EXPLICIT_HASH_KEY_INDEX);
          out.varint(member.hashKeyIndex);
        }
        out.byte(DATA);
        out.varint(member.data.length);
        out.bytes(member.data);
      }
      out.bytes(digestOf(out.finish().subarray(MAGIC.length)));
      return out.finish();
    },
  };
};

/** The bytes that the KPL makes of these user records, in this order. */
export const encodeAggregate = (records: readonly UserRecord[]): Uint8Array => {
  const encoder = createAggregateEncoder();
  for (const record of records) encoder.add(record);
  return encoder.encode();
};
