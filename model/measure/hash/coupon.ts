import { BLOCK_BYTES, viewOf } from "./block.js";
import { murmur3 } from "./murmur3.js";
import { hashText } from "./textHash.js";

const SEED = 9001;
const SLOT_MASK = 0x3ffffff;
const ZEROS_MAX = 62;
const UINT32_COUNT = 0x100000000;
const LONG_BYTES = 8;
const long = new DataView(new ArrayBuffer(BLOCK_BYTES));
const hash = new Int32Array(4);

/** 26 bits of slot below 6 bits of rank (1 to 63), as uint32. */
export const COUPON_SLOT_BITS = 26;
/** What the empty string gives: nothing to count. */
export const NO_COUPON = 0;

const couponOfHash = (): number => {
  const high = hash[2] as number;
  const zeros = high !== 0 ? Math.clz32(high) : 32 + Math.clz32(hash[3] as number);
  const rank = Math.min(zeros, ZEROS_MAX) + 1;
  return ((rank << COUPON_SLOT_BITS) | ((hash[1] as number) & SLOT_MASK)) >>> 0;
};

/** `couponOf` a text whose UTF-8 is the bytes from `start` to before `end`. */
export const couponOfBytes = (bytes: Uint8Array, start: number, end: number): number => {
  if (start === end) return NO_COUPON;
  murmur3(viewOf(bytes), start, end, SEED, hash);
  return couponOfHash();
};

/** `couponOf` a safe integer. */
export const couponOfInteger = (value: number): number => {
  long.setInt32(0, value, true);
  long.setInt32(4, Math.floor(value / UINT32_COUNT), true);
  murmur3(long, 0, LONG_BYTES, SEED, hash);
  return couponOfHash();
};

/**
 * DataSketches' HLL coupon of a value: text by its UTF-8 bytes, an integer by its 8 bytes as a little-endian long,
 * a boolean as the integer 1 or 0. `NO_COUPON` for the empty string, which Spark and DataSketches ignore too.
 * @throws RangeError for a number that is not a safe integer.
 */
export const couponOf = (value: string | number | boolean): number => {
  if (typeof value === "string") {
    if (value === "") return NO_COUPON;
    hashText(value, SEED, hash);
    return couponOfHash();
  }
  const integer = Number(value);
  if (!Number.isSafeInteger(integer))
    throw new RangeError(`countDistinct takes integers and text, not ${value}`);
  return couponOfInteger(integer);
};
