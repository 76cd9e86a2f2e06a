import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { murmur3 } from "./murmur3.js";
import { hashText } from "./textHash.js";

const MASK = (1n << 64n) - 1n;
const rotateLeft = (x: bigint, bits: bigint): bigint => ((x << bits) | (x >> (64n - bits))) & MASK;

const finalMix = (word: bigint): bigint => {
  let k = word;
  k = ((k ^ (k >> 33n)) * 0xff51afd7ed558ccdn) & MASK;
  k = ((k ^ (k >> 33n)) * 0xc4ceb9fe1a85ec53n) & MASK;
  return k ^ (k >> 33n);
};

/** The slow twin: the published algorithm on BigInt. */
const murmurBigInt = (bytes: Uint8Array, seed: number): [bigint, bigint] => {
  const c1 = 0x87c37b91114253d5n;
  const c2 = 0x4cf5ad432745937fn;
  const word = (from: number, to: number): bigint => {
    let value = 0n;
    for (let at = Math.min(to, bytes.length) - 1; at >= from; at--)
      value = (value << 8n) | BigInt(bytes[at]!);
    return value;
  };
  const mix1 = (k: bigint): bigint => (rotateLeft((k * c1) & MASK, 31n) * c2) & MASK;
  const mix2 = (k: bigint): bigint => (rotateLeft((k * c2) & MASK, 33n) * c1) & MASK;
  let h1 = BigInt(seed);
  let h2 = BigInt(seed);
  const blocks = Math.floor(bytes.length / 16);
  for (let block = 0; block < blocks; block++) {
    h1 = ((rotateLeft(h1 ^ mix1(word(block * 16, block * 16 + 8)), 27n) + h2) * 5n + 0x52dce729n) & MASK;
    h2 = ((rotateLeft(h2 ^ mix2(word(block * 16 + 8, block * 16 + 16)), 31n) + h1) * 5n + 0x38495ab5n) & MASK;
  }
  h2 ^= mix2(word(blocks * 16 + 8, blocks * 16 + 16));
  h1 ^= mix1(word(blocks * 16, blocks * 16 + 8));
  h1 ^= BigInt(bytes.length);
  h2 ^= BigInt(bytes.length);
  h1 = (h1 + h2) & MASK;
  h2 = (h2 + h1) & MASK;
  h1 = finalMix(h1);
  h2 = finalMix(h2);
  h1 = (h1 + h2) & MASK;
  return [h1, (h2 + h1) & MASK];
};

const asWords = (hash: Int32Array): [bigint, bigint] => {
  const half = (index: number): bigint => BigInt(hash[index]! >>> 0);
  return [(half(0) << 32n) | half(1), (half(2) << 32n) | half(3)];
};

const viewOfAll = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const hashRange = (bytes: Uint8Array, start: number, end: number, seed: number): [bigint, bigint] => {
  const out = new Int32Array(4);
  murmur3(viewOfAll(bytes), start, end, seed, out);
  return asWords(out);
};

const hashBytes = (bytes: Uint8Array, seed: number): [bigint, bigint] =>
  hashRange(bytes, 0, bytes.length, seed);

describe("murmur3", () => {
  it("gives datasketches-java's own test vector", () => {
    const bytes = Buffer.from("The quick brown fox jumps over the lazy dog");
    expect(hashBytes(bytes, 0)).toEqual([0xe34bbc7bbc071b6cn, 0x7a433ca9c49a9347n]);
  });

  it("gives the verification value of SMHasher (main.cpp, MurmurHash3_x64_128)", () => {
    const hashes = Buffer.alloc(256 * 16);
    const key = Uint8Array.from({ length: 256 }, (_, index) => index);
    for (let length = 0; length < 256; length++) {
      const [first, second] = hashRange(key, 0, length, 256 - length);
      hashes.writeBigUInt64LE(first, length * 16);
      hashes.writeBigUInt64LE(second, length * 16 + 8);
    }
    expect(hashBytes(hashes, 0)[0] & 0xffffffffn).toBe(0x6384ba69n);
  });

  it("equals the algorithm on BigInt for every length and seed, wherever the bytes lie", () => {
    const cases = fc.tuple(fc.uint8Array({ maxLength: 100 }), fc.nat(0xffffffff), fc.nat(20), fc.nat(20));
    fc.assert(
      fc.property(cases, ([bytes, seed, before, behind]) => {
        const all = Buffer.concat([Buffer.alloc(before, 0xaa), bytes, Buffer.alloc(behind, 0xbb)]);
        const hash = hashRange(all, before, before + bytes.length, seed);
        expect(hash).toEqual(murmurBigInt(bytes, seed));
      }),
      { seed: 1, numRuns: 3000 },
    );
    for (let length = 0; length <= 100; length++) {
      const bytes = Uint8Array.from({ length }, (_, index) => 255 - index);
      expect(hashBytes(bytes, 0xffffffff)).toEqual(murmurBigInt(bytes, 0xffffffff));
    }
  });

  it("hashes text by its UTF-8 bytes, whatever was hashed before", () => {
    const out = new Int32Array(4);
    const texts = fc.oneof(
      fc.string({ unit: "binary", maxLength: 40 }),
      fc.string({ minLength: 400, maxLength: 2000 }),
    );
    fc.assert(
      fc.property(texts, (text) => {
        hashText(text, 9001, out);
        expect(asWords(out)).toEqual(murmurBigInt(Buffer.from(text, "utf8"), 9001));
      }),
      { seed: 2, numRuns: 500 },
    );
  });
});
