/*
 * Log-linear bins over safe integers, as in HdrHistogram: each power of two is cut into 2^bits bins of equal width.
 * Magnitudes below 2^(bits + 1) have a bin each; the bin of a negative value is the negative of its mirror's; zero is bin 0.
 */
const SUB_BITS_MAX = 12;

/** Bins are at most this much off, relative to the value: half a bin's width over the bin's lower bound. */
const errorOf = (subBits: number): number => 2 ** -(subBits + 1);

export const RELATIVE_ERROR_MIN = errorOf(SUB_BITS_MAX);
export const RELATIVE_ERROR_MAX = errorOf(0);

/** The least number of bits that keeps the stated relative error. */
export const subBitsFor = (relativeError: number): number => {
  let subBits = 0;
  while (errorOf(subBits) > relativeError && subBits < SUB_BITS_MAX) subBits++;
  return subBits;
};

const INT32_END = 2 ** 31;

/** Nearly all values are below 2^31: their bins take integer instructions alone. */
export const binOf = (value: number, subBits: number): number => {
  const magnitude = Math.abs(value);
  if (magnitude >= INT32_END) return binOfLarge(value, magnitude, subBits);
  const shift = 31 - Math.clz32(magnitude) - subBits;
  if (shift <= 0) return value + 0;
  const bin = (shift << subBits) + (magnitude >>> shift);
  return value < 0 ? -bin : bin;
};

/** Magnitudes are exact in a double, and so is their division by a power of two before the floor. */
const binOfLarge = (value: number, magnitude: number, subBits: number): number => {
  const high = Math.floor(magnitude / 0x100000000);
  const shift = 63 - Math.clz32(high) - subBits;
  const bin = shift * 2 ** subBits + Math.floor(magnitude / 2 ** shift);
  return value < 0 ? -bin : bin;
};

/** The integer in the middle of a bin; the value itself where the bin holds only one. */
export const binValue = (bin: number, subBits: number): number => {
  const magnitude = Math.abs(bin);
  const perPower = 2 ** subBits;
  const shift = Math.floor(magnitude / perPower) - 1;
  if (shift <= 0) return bin;
  const lower = (magnitude - shift * perPower) * 2 ** shift;
  const middle = lower + (2 ** shift - 2) / 2;
  return bin < 0 ? -middle : middle;
};

const BIN_MAX = Array.from({ length: SUB_BITS_MAX + 1 }, (_, subBits) =>
  binOf(Number.MAX_SAFE_INTEGER, subBits),
);

/** The bin of the greatest safe integer. */
export const binMax = (subBits: number): number => BIN_MAX[subBits] as number;
