import { BLOCK_BYTES, BLOCK_WORDS, copyBlock, MASKS, viewOf } from "./block.js";
import { hashText } from "./textHash.js";

/*
 * MurmurHash3_x86_128 (Austin Appleby, public domain), whose 32-bit multiplications JavaScript has, over the 8 bytes of
 * an event's time (little endian), the same again, and the UTF-8 of its id. Each of the four words begins with a seed
 * of its own: the 128-bit hash of the event type's name.
 *
 * One change: the words of a block go in before the lanes are added to each other. As published, the second, third and
 * fourth word reach one lane alone, so that of ids that differ only in two such words, a block apart, a few hundred
 * thousand hold two with one hash. The time comes twice so that it reaches every lane.
 */
const { imul } = Math;
const WORDS = 4;
const TYPE_SEED = 0;
const C1 = 0x239b961b;
const C2 = 0xab0e9789;
const C3 = 0x38b34ae5;
const C4 = 0xa1e38b93;
const ADDED_1 = 0x561ccd1b;
const ADDED_2 = 0x0bcaa747;
const ADDED_3 = 0x96cd1c35;
const ADDED_4 = 0x32ac3b17;

/** What the fingerprints of a type's events begin with. */
export const identitySeed = (type: string): Int32Array => {
  const seed = new Int32Array(WORDS);
  hashText(type, TYPE_SEED, seed);
  return seed;
};

const rotate = (word: number, bits: number): number => (word << bits) | (word >>> (32 - bits));
const mixOf = (word: number, first: number, bits: number, second: number): number =>
  imul(rotate(imul(word, first), bits), second);

const finalMix = (word: number): number => {
  let mixed = imul(word ^ (word >>> 16), 0x85ebca6b);
  mixed = imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
};

/**
 * Writes the four words of an event's identity (type, id and time) to `index` of `out`: equal ones of equal
 * identities, different ones of different identities but for a chance, however regular the ids are. No secret is in it.
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
  const view = viewOf(bytes);
  const length = BLOCK_BYTES + idEnd - idStart;
  let h1 = seed[0] as number;
  let h2 = seed[1] as number;
  let h3 = seed[2] as number;
  let h4 = seed[3] as number;
  let k1 = timeMs | 0;
  let k2 = Math.floor(timeMs / 0x1_0000_0000) | 0;
  let k3 = k1;
  let k4 = k2;
  for (let at = idStart; ; at += BLOCK_BYTES) {
    h1 ^= mixOf(k1, C1, 15, C2);
    h2 ^= mixOf(k2, C2, 16, C3);
    h3 ^= mixOf(k3, C3, 17, C4);
    h4 ^= mixOf(k4, C4, 18, C1);
    h1 = (imul(rotate(h1, 19) + h2, 5) + ADDED_1) | 0;
    h2 = (imul(rotate(h2, 17) + h3, 5) + ADDED_2) | 0;
    h3 = (imul(rotate(h3, 15) + h4, 5) + ADDED_3) | 0;
    h4 = (imul(rotate(h4, 13) + h1, 5) + ADDED_4) | 0;
    if (at + BLOCK_BYTES <= idEnd) {
      k1 = view.getInt32(at, true);
      k2 = view.getInt32(at + 4, true);
      k3 = view.getInt32(at + 8, true);
      k4 = view.getInt32(at + 12, true);
    } else if (at < idEnd) {
      const mask = (idEnd - at) * BLOCK_WORDS;
      const ended = at + BLOCK_BYTES > view.byteLength;
      const block = ended ? copyBlock(view, at, idEnd - at) : view;
      const from = ended ? 0 : at;
      k1 = block.getInt32(from, true) & (MASKS[mask] as number);
      k2 = block.getInt32(from + 4, true) & (MASKS[mask + 1] as number);
      k3 = block.getInt32(from + 8, true) & (MASKS[mask + 2] as number);
      k4 = block.getInt32(from + 12, true) & (MASKS[mask + 3] as number);
    } else break;
  }
  h2 ^= length;
  h3 ^= length;
  h4 ^= length;
  h1 = ((h1 ^ length) + h2 + h3 + h4) | 0;
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
