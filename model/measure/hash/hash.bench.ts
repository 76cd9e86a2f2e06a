import { couponOf, couponOfBytes, couponOfInteger } from "./coupon.js";
import { fingerprint, identitySeed } from "./fingerprint.js";
import { murmur3 } from "./murmur3.js";

/* Hashes of many short ranges of one buffer, against the published algorithm on BigInt in the same run. */

const SEED = 7;
const RANGES = 200_000;
const ROUNDS = 7;
/** The BigInt twin is far slower: it takes a part of the ranges. */
const TWIN_RANGES = 10_000;
const RANGE_MAX = 64;
const TIME_MS = 1_700_000_000_000;

const MASK = (1n << 64n) - 1n;
const rotateLeft = (x: bigint, bits: bigint): bigint => BigInt.asUintN(64, (x << bits) | (x >> (64n - bits)));
const finalMix = (word: bigint): bigint => {
  let k = ((word ^ (word >> 33n)) * 0xff51afd7ed558ccdn) & MASK;
  k = ((k ^ (k >> 33n)) * 0xc4ceb9fe1a85ec53n) & MASK;
  return k ^ (k >> 33n);
};

/** Of up to 15 bytes: no whole block. */
const twinOfShort = (view: DataView, start: number, end: number): number => {
  let k1 = 0n;
  let k2 = 0n;
  for (let at = end - 1; at >= start + 8; at--) k2 = (k2 << 8n) | BigInt(view.getUint8(at));
  for (let at = Math.min(end, start + 8) - 1; at >= start; at--) k1 = (k1 << 8n) | BigInt(view.getUint8(at));
  const length = BigInt(end - start);
  const mixed1 = (rotateLeft((k1 * 0x87c37b91114253d5n) & MASK, 31n) * 0x4cf5ad432745937fn) & MASK;
  const mixed2 = (rotateLeft((k2 * 0x4cf5ad432745937fn) & MASK, 33n) * 0x87c37b91114253d5n) & MASK;
  let h1 = 9001n ^ mixed1 ^ length;
  let h2 = 9001n ^ mixed2 ^ length;
  h1 = (h1 + h2) & MASK;
  h2 = (h2 + h1) & MASK;
  h1 = (finalMix(h1) + finalMix(h2)) & MASK;
  return Number(h1 & 0xffffffffn) | 0;
};

interface Ranges {
  readonly bytes: Uint8Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly texts: readonly string[];
}

const rangesOf = (least: number, most: number): Ranges => {
  const bytes = new Uint8Array(RANGES * (most + 3) + RANGE_MAX);
  const starts = new Int32Array(RANGES);
  const ends = new Int32Array(RANGES);
  let state = SEED;
  const roll = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 10) % below;
  };
  let at = 0;
  for (let index = 0; index < RANGES; index++) {
    starts[index] = at;
    for (let length = least + roll(most - least + 1); length > 0; length--) bytes[at++] = 33 + roll(90);
    ends[index] = at;
    at += 3;
  }
  const latin1 = Buffer.from(bytes.buffer);
  const texts = Array.from({ length: RANGES }, (_, index) =>
    latin1.toString("latin1", starts[index] as number, ends[index] as number),
  );
  return { bytes, starts, ends, texts };
};

/** Of all that was hashed, so that nothing is left out as unused. */
let checksum = 0;

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;

const nanoseconds = (count: number, work: () => number): number => {
  const startedMs = performance.now();
  checksum = (checksum + work()) | 0;
  return ((performance.now() - startedMs) * 1e6) / count;
};

/** Variants and the twin in turns. */
const report = (works: Readonly<Record<string, () => number>>, twin: () => number): void => {
  const names = Object.keys(works);
  const rounds = Array.from({ length: ROUNDS }, () => ({
    twin: nanoseconds(TWIN_RANGES, twin),
    times: names.map((name) => nanoseconds(RANGES, works[name] as () => number)),
  }));
  for (const [index, name] of names.entries()) {
    const value = median(rounds.map(({ times }) => times[index] as number));
    const ratio = median(rounds.map(({ times, twin: slow }) => (times[index] as number) / slow));
    const line = { name, value, unit: "ns", ratio, against: "BigInt", max: 0.5, seed: SEED, ranges: RANGES };
    console.log(JSON.stringify(line));
  }
};

const run = (least: number, most: number): void => {
  const { bytes, starts, ends, texts } = rangesOf(least, most);
  const view = new DataView(bytes.buffer);
  const out = new Int32Array(4);
  const seed = identitySeed("click");
  const fingerprints = new Uint32Array(RANGES * 4);
  const short = rangesOf(10, 15);
  const shortView = new DataView(short.bytes.buffer);
  const sizes = `${least} to ${most} bytes`;
  report(
    {
      [`hash: coupon of ${sizes}`]: () => {
        let sum = 0;
        for (let index = 0; index < RANGES; index++) {
          sum = (sum + couponOfBytes(bytes, starts[index] as number, ends[index] as number)) | 0;
        }
        return sum;
      },
      [`hash: coupon of text, ${sizes}`]: () => {
        let sum = 0;
        for (let index = 0; index < RANGES; index++) sum = (sum + couponOf(texts[index] as string)) | 0;
        return sum;
      },
      [`hash: coupon of an integer, beside ${sizes}`]: () => {
        let sum = 0;
        for (let index = 0; index < RANGES; index++) sum = (sum + couponOfInteger(index * 1_000_003)) | 0;
        return sum;
      },
      [`hash: murmur3 of ${sizes}`]: () => {
        for (let index = 0; index < RANGES; index++) {
          murmur3(view, starts[index] as number, ends[index] as number, 0, out);
        }
        return out[0] as number;
      },
      [`hash: fingerprint of an id of ${sizes}`]: () => {
        for (let index = 0; index < RANGES; index++) {
          fingerprint(
            bytes,
            starts[index] as number,
            ends[index] as number,
            TIME_MS + index,
            seed,
            fingerprints,
            index,
          );
        }
        return fingerprints[0] as number;
      },
    },
    () => {
      let sum = 0;
      for (let index = 0; index < TWIN_RANGES; index++) {
        sum = (sum + twinOfShort(shortView, short.starts[index] as number, short.ends[index] as number)) | 0;
      }
      return sum;
    },
  );
};

run(10, 15);
run(26, 26);
run(1, 32);
console.log(`checksum ${checksum}`);
