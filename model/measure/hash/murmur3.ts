/*
 * MurmurHash3_x64_128 (Austin Appleby, public domain) on halves of 32 bits, since 64-bit integers are slow in JavaScript.
 * `words` holds 64-bit words as pairs (high, low): h1, h2, k1, k2.
 */
const H1 = 0;
const H2 = 2;
const K1 = 4;
const K2 = 6;
const BLOCK_BYTES = 16;
const words = new Int32Array(8);

/** High half of the 64-bit product of two uint32. No partial sum here passes 2^32. */
const productHigh = (a: number, b: number): number => {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = (Math.imul(aHigh, bLow) >>> 0) + (Math.imul(aLow, bLow) >>> 16);
  const crossed = (Math.imul(aLow, bHigh) >>> 0) + (middle & 0xffff);
  return (Math.imul(aHigh, bHigh) + (middle >>> 16) + (crossed >>> 16)) | 0;
};

const multiply = (word: number, high: number, low: number): void => {
  const wordHigh = words[word] as number;
  const wordLow = words[word + 1] as number;
  words[word] = productHigh(wordLow, low) + Math.imul(wordHigh, low) + Math.imul(wordLow, high);
  words[word + 1] = Math.imul(wordLow, low);
};

const addLow = (word: number, high: number, low: number): void => {
  const sum = ((words[word + 1] as number) + low) | 0;
  const carry = sum >>> 0 < low >>> 0 ? 1 : 0;
  words[word] = (words[word] as number) + high + carry;
  words[word + 1] = sum;
};

const add = (word: number, other: number): void =>
  addLow(word, words[other] as number, words[other + 1] as number);

/** 0 < bits < 32. */
const rotate = (word: number, bits: number): void => {
  const high = words[word] as number;
  const low = words[word + 1] as number;
  words[word] = (high << bits) | (low >>> (32 - bits));
  words[word + 1] = (low << bits) | (high >>> (32 - bits));
};

const swap = (word: number): void => {
  const high = words[word] as number;
  words[word] = words[word + 1] as number;
  words[word + 1] = high;
};

const xor = (word: number, other: number): void => {
  words[word] = (words[word] as number) ^ (words[other] as number);
  words[word + 1] = (words[word + 1] as number) ^ (words[other + 1] as number);
};

/** Four bytes, little endian; bytes at or past `end` are zero. */
const load = (bytes: Uint8Array, at: number, end: number): number => {
  if (at + 4 <= end) {
    const low = (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
    return low | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24);
  }
  let word = 0;
  for (let index = Math.min(end - at, 4) - 1; index >= 0; index--) {
    word = (word << 8) | (bytes[at + index] as number);
  }
  return word;
};

/** A block past the end of the input is zeros there, and a zero word leaves h1 and h2 as they are. */
const mixBlock = (bytes: Uint8Array, at: number, end: number): void => {
  words[K1] = load(bytes, at + 4, end);
  words[K1 + 1] = load(bytes, at, end);
  words[K2] = load(bytes, at + 12, end);
  words[K2 + 1] = load(bytes, at + 8, end);
  multiply(K1, 0x87c37b91, 0x114253d5);
  rotate(K1, 31);
  multiply(K1, 0x4cf5ad43, 0x2745937f);
  xor(H1, K1);
  multiply(K2, 0x4cf5ad43, 0x2745937f);
  swap(K2);
  rotate(K2, 1);
  multiply(K2, 0x87c37b91, 0x114253d5);
};

const finalMix = (word: number): void => {
  words[word + 1] = (words[word + 1] as number) ^ ((words[word] as number) >>> 1);
  multiply(word, 0xff51afd7, 0xed558ccd);
  words[word + 1] = (words[word + 1] as number) ^ ((words[word] as number) >>> 1);
  multiply(word, 0xc4ceb9fe, 0x1a85ec53);
  words[word + 1] = (words[word + 1] as number) ^ ((words[word] as number) >>> 1);
};

/**
 * Hashes the first `length` bytes to four int32: first word high, low, second word high, low.
 * `seed` is a uint32. Allocates nothing.
 */
export const murmur3 = (bytes: Uint8Array, length: number, seed: number, out: Int32Array): void => {
  words[H1] = 0;
  words[H1 + 1] = seed;
  words[H2] = 0;
  words[H2 + 1] = seed;
  const tail = length - (length % BLOCK_BYTES);
  for (let at = 0; at < tail; at += BLOCK_BYTES) {
    mixBlock(bytes, at, length);
    rotate(H1, 27);
    add(H1, H2);
    multiply(H1, 0, 5);
    addLow(H1, 0, 0x52dce729);
    xor(H2, K2);
    rotate(H2, 31);
    add(H2, H1);
    multiply(H2, 0, 5);
    addLow(H2, 0, 0x38495ab5);
  }
  if (tail < length) {
    mixBlock(bytes, tail, length);
    xor(H2, K2);
  }
  words[H1 + 1] = (words[H1 + 1] as number) ^ length;
  words[H2 + 1] = (words[H2 + 1] as number) ^ length;
  add(H1, H2);
  add(H2, H1);
  finalMix(H1);
  finalMix(H2);
  add(H1, H2);
  add(H2, H1);
  for (let index = 0; index < 4; index++) out[index] = words[index] as number;
};
