import { BLOCK_BYTES, BLOCK_WORDS, copyBlock, MASKS } from "./block.js";

/*
 * MurmurHash3_x64_128 (Austin Appleby, public domain) on halves of 32 bits, since 64-bit integers are slow in JavaScript.
 * A hash is four int32: first word high, low, second word high, low. `imul` by its own name and factors in halves keep
 * `productHigh` so small that V8 inlines it wherever it stands.
 */
const { imul } = Math;
const C1_HIGH = 0x87c37b91;
const C1_LOW = 0x114253d5;
const C2_HIGH = 0x4cf5ad43;
const C2_LOW = 0x2745937f;
const F1_HIGH = 0xff51afd7;
const F1_LOW = 0xed558ccd;
const F2_HIGH = 0xc4ceb9fe;
const F2_LOW = 0x1a85ec53;
const ADDED_1 = 0x52dce729;
const ADDED_2 = 0x38495ab5;

const HALF = 0xffff;

/** High half of the 64-bit product of a uint32 and `b1 << 16 | b0`. No partial sum here passes 2^32. */
const productHigh = (a: number, b1: number, b0: number): number => {
  const a1 = a >>> 16;
  const a0 = a & HALF;
  const middle = imul(a1, b0) + (imul(a0, b0) >>> 16);
  return imul(a1, b1) + (middle >>> 16) + ((imul(a0, b1) + (middle & HALF)) >>> 16);
};

const carryOf = (sum: number, addend: number): number => (sum >>> 0 < addend >>> 0 ? 1 : 0);

const mixBlocks = (view: DataView, start: number, end: number, seed: number, state: Int32Array): void => {
  let h1High = 0;
  let h1Low = seed;
  let h2High = 0;
  let h2Low = seed;
  for (let at = start; at < end; at += BLOCK_BYTES) {
    let low = view.getInt32(at, true);
    let high = imul(view.getInt32(at + 4, true), C1_LOW) + imul(low, C1_HIGH);
    high = (high + productHigh(low, C1_LOW >>> 16, C1_LOW & HALF)) | 0;
    low = imul(low, C1_LOW);
    let rotated = (low << 31) | (high >>> 1);
    high = imul((high << 31) | (low >>> 1), C2_LOW) + imul(rotated, C2_HIGH);
    h1High ^= high + productHigh(rotated, C2_LOW >>> 16, C2_LOW & HALF);
    h1Low ^= imul(rotated, C2_LOW);

    low = (((h1Low << 27) | (h1High >>> 5)) + h2Low) | 0;
    high = ((h1High << 27) | (h1Low >>> 5)) + h2High + carryOf(low, h2Low);
    h1Low = (imul(low, 5) + ADDED_1) | 0;
    h1High = (imul(high, 5) + productHigh(low, 0, 5) + carryOf(h1Low, ADDED_1)) | 0;

    low = view.getInt32(at + 8, true);
    high = imul(view.getInt32(at + 12, true), C2_LOW) + imul(low, C2_HIGH);
    high = (high + productHigh(low, C2_LOW >>> 16, C2_LOW & HALF)) | 0;
    low = imul(low, C2_LOW);
    rotated = (high << 1) | (low >>> 31);
    high = imul((low << 1) | (high >>> 31), C1_LOW) + imul(rotated, C1_HIGH);
    h2High ^= high + productHigh(rotated, C1_LOW >>> 16, C1_LOW & HALF);
    h2Low ^= imul(rotated, C1_LOW);

    low = (((h2Low << 31) | (h2High >>> 1)) + h1Low) | 0;
    high = ((h2High << 31) | (h2Low >>> 1)) + h1High + carryOf(low, h1Low);
    h2Low = (imul(low, 5) + ADDED_2) | 0;
    h2High = (imul(high, 5) + productHigh(low, 0, 5) + carryOf(h2Low, ADDED_2)) | 0;
  }
  state[0] = h1High;
  state[1] = h1Low;
  state[2] = h2High;
  state[3] = h2Low;
};

/** Hashes the bytes from `start` to before `end` with a uint32 of seed. Allocates nothing. */
export const murmur3 = (view: DataView, start: number, end: number, seed: number, out: Int32Array): void => {
  let h1High = 0;
  let h1Low = seed;
  let h2High = 0;
  let h2Low = seed;
  const rest = (end - start) & (BLOCK_BYTES - 1);
  const last = end - rest;
  if (last > start) {
    mixBlocks(view, start, last, seed, out);
    h1High = out[0] as number;
    h1Low = out[1] as number;
    h2High = out[2] as number;
    h2Low = out[3] as number;
  }
  const ended = last + BLOCK_BYTES > view.byteLength;
  const block = ended ? copyBlock(view, last, rest) : view;
  const from = ended ? 0 : last;
  const mask = rest * BLOCK_WORDS;
  const k1Low = block.getInt32(from, true) & (MASKS[mask] as number);
  const k1High = block.getInt32(from + 4, true) & (MASKS[mask + 1] as number);
  const k2Low = block.getInt32(from + 8, true) & (MASKS[mask + 2] as number);
  const k2High = block.getInt32(from + 12, true) & (MASKS[mask + 3] as number);
  let high = imul(k1High, C1_LOW) + imul(k1Low, C1_HIGH);
  high = (high + productHigh(k1Low, C1_LOW >>> 16, C1_LOW & HALF)) | 0;
  let low = imul(k1Low, C1_LOW);
  let rotated = (low << 31) | (high >>> 1);
  high = imul((high << 31) | (low >>> 1), C2_LOW) + imul(rotated, C2_HIGH);
  h1High ^= high + productHigh(rotated, C2_LOW >>> 16, C2_LOW & HALF);
  h1Low ^= imul(rotated, C2_LOW);

  high = imul(k2High, C2_LOW) + imul(k2Low, C2_HIGH);
  high = (high + productHigh(k2Low, C2_LOW >>> 16, C2_LOW & HALF)) | 0;
  low = imul(k2Low, C2_LOW);
  rotated = (high << 1) | (low >>> 31);
  high = imul((low << 1) | (high >>> 31), C1_LOW) + imul(rotated, C1_HIGH);
  h2High ^= high + productHigh(rotated, C1_LOW >>> 16, C1_LOW & HALF);
  h2Low ^= imul(rotated, C1_LOW);

  h1Low ^= end - start;
  h2Low ^= end - start;
  h1Low = (h1Low + h2Low) | 0;
  h1High = (h1High + h2High + carryOf(h1Low, h2Low)) | 0;
  h2Low = (h2Low + h1Low) | 0;
  h2High = (h2High + h1High + carryOf(h2Low, h1Low)) | 0;

  h1Low ^= h1High >>> 1;
  h1High = imul(h1High, F1_LOW) + imul(h1Low, F1_HIGH) + productHigh(h1Low, F1_LOW >>> 16, F1_LOW & HALF);
  h1Low = imul(h1Low, F1_LOW) ^ (h1High >>> 1);
  h1High = imul(h1High, F2_LOW) + imul(h1Low, F2_HIGH) + productHigh(h1Low, F2_LOW >>> 16, F2_LOW & HALF);
  h1Low = imul(h1Low, F2_LOW) ^ (h1High >>> 1);

  h2Low ^= h2High >>> 1;
  h2High = imul(h2High, F1_LOW) + imul(h2Low, F1_HIGH) + productHigh(h2Low, F1_LOW >>> 16, F1_LOW & HALF);
  h2Low = imul(h2Low, F1_LOW) ^ (h2High >>> 1);
  h2High = imul(h2High, F2_LOW) + imul(h2Low, F2_HIGH) + productHigh(h2Low, F2_LOW >>> 16, F2_LOW & HALF);
  h2Low = imul(h2Low, F2_LOW) ^ (h2High >>> 1);

  h1Low = (h1Low + h2Low) | 0;
  h1High = (h1High + h2High + carryOf(h1Low, h2Low)) | 0;
  h2Low = (h2Low + h1Low) | 0;
  out[0] = h1High;
  out[1] = h1Low;
  out[2] = h2High + h1High + carryOf(h2Low, h1Low);
  out[3] = h2Low;
};
