import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fingerprint, identitySeed } from "./fingerprint.js";

const SEED = 7;
const MASK = 0xffffffffn;

const rotateLeft = (x: bigint, bits: bigint): bigint => ((x << bits) | (x >> (32n - bits))) & MASK;
const finalMix = (word: bigint): bigint => {
  let k = ((word ^ (word >> 16n)) * 0x85ebca6bn) & MASK;
  k = ((k ^ (k >> 13n)) * 0xc2b2ae35n) & MASK;
  return k ^ (k >> 16n);
};

const MULTIPLIERS = [0x239b961bn, 0xab0e9789n, 0x38b34ae5n, 0xa1e38b93n];
const MIX_BITS = [15n, 16n, 17n, 18n];
const STATE_BITS = [19n, 17n, 15n, 13n];
const ADDED = [0x561ccd1bn, 0x0bcaa747n, 0x96cd1c35n, 0x32ac3b17n];

/**
 * MurmurHash3_x86_128 on BigInt, with a seed a word. Published: a word goes in and its lane is added to at once, and the
 * last block of up to 15 bytes is not added up. The fingerprint's form: the four words go in first, and every block is.
 */
const murmurBigInt = (
  bytes: Uint8Array,
  seeds: readonly number[],
  form: "published" | "fingerprint",
): readonly number[] => {
  const h = seeds.map((seed) => BigInt(seed >>> 0));
  const word = (at: number): bigint => {
    let value = 0n;
    for (let index = at + 3; index >= at; index--) value = (value << 8n) | BigInt(bytes[index] ?? 0);
    return value;
  };
  const take = (lane: number, at: number): void => {
    const mixed = rotateLeft((word(at) * MULTIPLIERS[lane]!) & MASK, MIX_BITS[lane]!);
    h[lane] = h[lane]! ^ ((mixed * MULTIPLIERS[(lane + 1) % 4]!) & MASK);
  };
  const addUp = (lane: number): void => {
    h[lane] = ((rotateLeft(h[lane]!, STATE_BITS[lane]!) + h[(lane + 1) % 4]!) * 5n + ADDED[lane]!) & MASK;
  };
  const lanes = [0, 1, 2, 3];
  const published = form === "published";
  const rest = bytes.length % 16;
  const whole = bytes.length - rest;
  for (let at = 0; at < (published || rest === 0 ? whole : whole + 16); at += 16) {
    for (const lane of lanes) {
      take(lane, at + lane * 4);
      if (published) addUp(lane);
    }
    if (!published) for (const lane of lanes) addUp(lane);
  }
  for (const lane of lanes) {
    if (published) take(lane, whole + lane * 4);
    h[lane] = h[lane]! ^ BigInt(bytes.length);
  }
  const sum = (): void => {
    h[0] = (h[0]! + h[1]! + h[2]! + h[3]!) & MASK;
    for (let lane = 1; lane < 4; lane++) h[lane] = (h[lane]! + h[0]) & MASK;
  };
  sum();
  for (let lane = 0; lane < 4; lane++) h[lane] = finalMix(h[lane]!);
  sum();
  return h.map(Number);
};

/** The slow twin. */
const fingerprintBigInt = (timeMs: number, id: Uint8Array, seeds: readonly number[]): readonly number[] => {
  const bytes = Buffer.alloc(16 + id.length);
  bytes.writeBigInt64LE(BigInt(timeMs), 0);
  bytes.writeBigInt64LE(BigInt(timeMs), 8);
  bytes.set(id, 16);
  return murmurBigInt(bytes, seeds, "fingerprint");
};

const littleEndian = (words: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(16);
  for (const [index, word] of words.entries()) bytes.writeUInt32LE(word, index * 4);
  return bytes;
};

describe("an identity's fingerprint", () => {
  it("comes of MurmurHash3_x86_128, whose verification value in SMHasher (main.cpp) the twin gives", () => {
    const hashes = Array.from({ length: 256 }, (_, length) => {
      const key = Uint8Array.from({ length }, (_unused, index) => index);
      return littleEndian(murmurBigInt(key, new Array<number>(4).fill(256 - length), "published"));
    });
    expect(murmurBigInt(Buffer.concat(hashes), [0, 0, 0, 0], "published")[0]).toBe(0xb3ece62a);
  });

  it(`equals the twin for every id, time and seed, wherever the id lies (seed ${SEED})`, () => {
    const seeds = fc.array(fc.integer(), { minLength: 4, maxLength: 4 });
    const times = fc.oneof(
      fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 }),
      fc.constantFrom(0, -1, 2 ** 31, 2 ** 32, -(2 ** 32), -(2 ** 31) - 1),
    );
    const cases = fc.tuple(fc.uint8Array({ maxLength: 100 }), times, seeds, fc.nat(20), fc.nat(20));
    fc.assert(
      fc.property(cases, ([id, timeMs, seed, before, behind]) => {
        const bytes = Buffer.concat([Buffer.alloc(before, 0xaa), id, Buffer.alloc(behind, 0xbb)]);
        const out = new Uint32Array(16);
        const index = before % 4;
        fingerprint(bytes, before, before + id.length, timeMs, Int32Array.from(seed), out, index);
        expect([...out.subarray(index * 4, index * 4 + 4)]).toEqual(fingerprintBigInt(timeMs, id, seed));
      }),
      { seed: SEED, numRuns: 3000 },
    );
  });

  it("differs where ids differ in two words a block apart, which the published form's lanes keep to themselves", () => {
    const seed = identitySeed("view");
    const out = new Uint32Array(4);
    const ids = 200_000;
    for (const at of [0, 4, 8, 12]) {
      const id = Buffer.alloc(32, "-");
      const seen = new Set<string>();
      for (let number = 0; number < ids; number++) {
        id.write(String(number % 1000).padStart(4, "0"), at, "latin1");
        id.write(String(Math.floor(number / 1000)).padStart(4, "0"), at + 16, "latin1");
        fingerprint(id, 0, id.length, 1_700_000_000_000, seed, out, 0);
        seen.add(String.fromCharCode(...out));
      }
      expect(seen.size).toBe(ids);
    }
  });

  it("differs by type, id and time", () => {
    const seen = new Set<string>();
    const out = new Uint32Array(4);
    for (const type of ["view", "click", ""]) {
      for (const id of ["", "a", "b", "ab", "\0", "a\0"]) {
        for (const timeMs of [0, 1, 2 ** 32, -1]) {
          const bytes = Buffer.from(id);
          fingerprint(bytes, 0, bytes.length, timeMs, identitySeed(type), out, 0);
          seen.add(out.join());
        }
      }
    }
    expect(seen.size).toBe(3 * 6 * 4);
  });
});
