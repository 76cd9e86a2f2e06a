import { hashText } from "./textHash.js";

/*
 * MurmurHash3_x86_128 (Austin Appleby, public domain), whose 32-bit multiplications JavaScript has, over the
 * 8 bytes of an event's time (little endian) and the UTF-8 of its id. Each of the four words begins with a seed of
 * its own: the 128-bit hash of the event type's name.
 */
const WORDS = 4;
const BLOCK_BYTES = 16;
const TIME_BYTES = 8;
const TYPE_SEED = 0;
const C1 = 0x239b961b;
const C2 = 0xab0e9789;
const C3 = 0x38b34ae5;
const C4 = 0xa1e38b93;

/** What the fingerprints of a type's events begin with. */
export const identitySeed = (type: string): Int32Array => {
  const seed = new Int32Array(WORDS);
  hashText(type, TYPE_SEED, seed);
  return seed;
};

const rotate = (word: number, bits: number): number => (word << bits) | (word >>> (32 - bits));
const mixOf = (word: number, first: number, bits: number, second: number): number =>
  Math.imul(rotate(Math.imul(word, first), bits), second);

const finalMix = (word: number): number => {
  let mixed = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
};

/** Four bytes, little endian; those at or past `end` are zero. */
const load = (bytes: Uint8Array, at: number, end: number): number => {
  if (at + 4 <= end) {
    return (
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24)
    );
  }
  let word = 0;
  for (let index = end - 1; index >= at; index--) word = (word << 8) | (bytes[index] as number);
  return word;
};

/**
 * Writes the four words of an event's identity (type, id and time) to `index` of `out`: equal ones of equal
 * identities, different ones of different identities but for one chance in 2^128 a pair.
 */
export const fingerprint = (
  bytes: Uint8Array,
  idStart: number,
  idEnd: number,
  timeMs: number,
  seed: Int32Array,
  out: Uint32Array,
  index: number,
): void => {
  let h1 = seed[0] as number;
  let h2 = seed[1] as number;
  let h3 = seed[2] as number;
  let h4 = seed[3] as number;
  let k1 = timeMs | 0;
  let k2 = Math.floor(timeMs / 0x1_0000_0000) | 0;
  let k3 = load(bytes, idStart, idEnd);
  let k4 = load(bytes, idStart + 4, idEnd);
  let at = idStart + BLOCK_BYTES - TIME_BYTES;
  for (; at <= idEnd; at += BLOCK_BYTES) {
    h1 = (Math.imul(rotate(h1 ^ mixOf(k1, C1, 15, C2), 19) + h2, 5) + 0x561ccd1b) | 0;
    h2 = (Math.imul(rotate(h2 ^ mixOf(k2, C2, 16, C3), 17) + h3, 5) + 0x0bcaa747) | 0;
    h3 = (Math.imul(rotate(h3 ^ mixOf(k3, C3, 17, C4), 15) + h4, 5) + 0x96cd1c35) | 0;
    h4 = (Math.imul(rotate(h4 ^ mixOf(k4, C4, 18, C1), 13) + h1, 5) + 0x32ac3b17) | 0;
    k1 = load(bytes, at, idEnd);
    k2 = load(bytes, at + 4, idEnd);
    k3 = load(bytes, at + 8, idEnd);
    k4 = load(bytes, at + 12, idEnd);
  }
  const length = TIME_BYTES + idEnd - idStart;
  h1 ^= mixOf(k1, C1, 15, C2) ^ length;
  h2 ^= mixOf(k2, C2, 16, C3) ^ length;
  h3 ^= mixOf(k3, C3, 17, C4) ^ length;
  h4 ^= mixOf(k4, C4, 18, C1) ^ length;
  h1 = (h1 + h2 + h3 + h4) | 0;
  const f1 = finalMix(h1);
  const f2 = finalMix((h2 + h1) | 0);
  const f3 = finalMix((h3 + h1) | 0);
  const f4 = finalMix((h4 + h1) | 0);
  const sum = (f1 + f2 + f3 + f4) | 0;
  const to = index * WORDS;
  out[to] = sum;
  out[to + 1] = f2 + sum;
  out[to + 2] = f3 + sum;
  out[to + 3] = f4 + sum;
};
