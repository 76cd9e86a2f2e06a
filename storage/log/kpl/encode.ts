import { hashKeyFrom } from "./hashRange.js";
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

/** User records on their way into one aggregate; their data are copied. */
export interface AggregateEncoder {
  readonly count: number;
  /** Exactly what `encode` will return, in bytes. */
  readonly size: number;
  /** False, and nothing changed, if `size` would pass `sizeMax`. @throws RangeError for an explicit hash key that has not 128 bits. */
  add(record: UserRecord, sizeMax: number): boolean;
  encode(): Uint8Array;
  clear(): void;
}

const MEMBERS_BYTES_FIRST = 64 * 1024;

const putVarint = (out: Uint8Array, start: number, value: number): number => {
  let at = start;
  let rest = value;
  for (; rest >= 0x80; rest >>>= 7) out[at++] = (rest & 0x7f) | 0x80;
  out[at++] = rest;
  return at;
};

const putNumber = (out: Uint8Array, start: number, tag: number, value: number): number => {
  out[start] = tag;
  return putVarint(out, start + 1, value);
};

const putText = (out: Buffer, start: number, tag: number, text: string): number => {
  const at = putNumber(out, start, tag, Buffer.byteLength(text));
  return at + out.write(text, at);
};

export const createAggregateEncoder = (): AggregateEncoder => {
  const keys = new Map<string, number>();
  const hashKeys = new Map<bigint, number>();
  let members = Buffer.allocUnsafeSlow(MEMBERS_BYTES_FIRST);
  let used = 0;
  let count = 0;
  let size = FRAME_BYTES;

  const reserve = (bytes: number): void => {
    if (used + bytes <= members.length) return;
    const longer = Buffer.allocUnsafeSlow(Math.max(members.length * 2, used + bytes));
    longer.set(members.subarray(0, used));
    members = longer;
  };

  return {
    get count() {
      return count;
    },
    get size() {
      return size;
    },
    add: ({ partitionKey, explicitHashKey, data }, sizeMax) => {
      let grown = size;
      let keyIndex = keys.get(partitionKey) ?? -1;
      const isNewKey = keyIndex < 0;
      if (isNewKey) {
        keyIndex = keys.size;
        grown += fieldBytes(Buffer.byteLength(partitionKey));
      }
      let memberBytes = 1 + varintBytes(keyIndex) + fieldBytes(data.length);
      let hashKeyIndex = -1;
      if (explicitHashKey !== undefined) {
        hashKeyIndex = hashKeys.get(explicitHashKey) ?? hashKeys.size;
        memberBytes += 1 + varintBytes(hashKeyIndex);
        if (hashKeyIndex === hashKeys.size) {
          hashKeyFrom(explicitHashKey);
          grown += fieldBytes(explicitHashKey.toString().length);
        }
      }
      const fieldSize = fieldBytes(memberBytes);
      if (grown + fieldSize > sizeMax) return false;

      size = grown + fieldSize;
      count++;
      if (isNewKey) keys.set(partitionKey, keyIndex);
      if (explicitHashKey !== undefined) hashKeys.set(explicitHashKey, hashKeyIndex);
      reserve(fieldSize);
      let at = putNumber(members, used, MEMBER, memberBytes);
      at = putNumber(members, at, PARTITION_KEY_INDEX, keyIndex);
      if (hashKeyIndex >= 0) at = putNumber(members, at, EXPLICIT_HASH_KEY_INDEX, hashKeyIndex);
      at = putNumber(members, at, DATA, data.length);
      members.set(data, at);
      used += fieldSize;
      return true;
    },
    encode: () => {
      const out = Buffer.allocUnsafeSlow(size);
      out.set(MAGIC);
      let at = MAGIC.length;
      for (const key of keys.keys()) at = putText(out, at, PARTITION_KEY, key);
      for (const hashKey of hashKeys.keys()) at = putText(out, at, EXPLICIT_HASH_KEY, hashKey.toString());
      out.set(members.subarray(0, used), at);
      at += used;
      out.set(digestOf(out.subarray(MAGIC.length, at)), at);
      return out;
    },
    clear: () => {
      keys.clear();
      hashKeys.clear();
      used = 0;
      count = 0;
      size = FRAME_BYTES;
    },
  };
};

/** The bytes that the KPL makes of these user records, in this order. */
export const encodeAggregate = (records: readonly UserRecord[]): Uint8Array => {
  const encoder = createAggregateEncoder();
  for (const record of records) encoder.add(record, Infinity);
  return encoder.encode();
};
