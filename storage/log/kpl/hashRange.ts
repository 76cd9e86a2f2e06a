import { hash } from "node:crypto";

/** A 128-bit unsigned number as 32 hexadecimal digits: comparing the text compares the number. */
export type HashKey = string;

const HASH_DIGITS = 32;
const HASH_SPACE = 1n << 128n;

/** Kinesis' rule: the MD5 of the key's UTF-8 bytes, as a big-endian number. */
export const hashKeyOf = (partitionKey: string): HashKey => hash("md5", partitionKey, "hex");

/** @throws RangeError when it has not 128 bits. */
export const hashKeyFrom = (value: bigint): HashKey => {
  if (value < 0n || value >= HASH_SPACE) throw new RangeError(`not an unsigned 128-bit number: ${value}`);
  return value.toString(16).padStart(HASH_DIGITS, "0");
};

export const hashKeyNumber = (key: HashKey): bigint => BigInt(`0x${key}`);

/** `count` ranges of equal size that cover the whole space, both ends inclusive. */
export const equalRanges = (count: number): readonly { readonly first: HashKey; readonly last: HashKey }[] =>
  Array.from({ length: count }, (_, index) => ({
    first: hashKeyFrom((HASH_SPACE * BigInt(index)) / BigInt(count)),
    last: hashKeyFrom((HASH_SPACE * BigInt(index + 1)) / BigInt(count) - 1n),
  }));
