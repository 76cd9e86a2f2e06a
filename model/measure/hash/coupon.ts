import { murmur3 } from "./murmur3.js";
import { hashText } from "./textHash.js";

const SEED = 9001;
const SLOT_MASK = 0x3ffffff;
const ZEROS_MAX = 62;
const LONG_BYTES = 8;
const hash = new Int32Array(4);
const long = new Uint8Array(LONG_BYTES);
const longView = new DataView(long.buffer);

/** 26 bits of slot below 6 bits of rank (1 to 63), as uint32. */
export const COUPON_SLOT_BITS = 26;
/** What the empty string gives: nothing to count. */
export const NO_COUPON = 0;

const hashLong = (value: number): void => {
  longView.setUint32(0, value >>> 0, true);
  longView.setInt32(4, Math.floor(value / 0x100000000), true);
  murmur3(long, LONG_BYTES, SEED, hash);
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
  } else {
    const integer = Number(value);
    if (!Number.isSafeInteger(integer))
      throw new RangeError(`countDistinct takes integers and text, not ${value}`);
    hashLong(integer);
  }
  const high = hash[2] as number;
  const zeros = high !== 0 ? Math.clz32(high) : 32 + Math.clz32(hash[3] as number);
  const rank = Math.min(zeros, ZEROS_MAX) + 1;
  return ((rank << COUPON_SLOT_BITS) | ((hash[1] as number) & SLOT_MASK)) >>> 0;
};
