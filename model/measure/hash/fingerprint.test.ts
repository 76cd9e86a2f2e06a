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

/** The slow twin: the published MurmurHash3_x86_128 on BigInt, with a seed a word. */
const murmurBigInt = (bytes: Uint8Array, seeds: readonly number[]): readonly number[] => {
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
  const whole = bytes.length - (bytes.length % 16);
  for (let at = 0; at < whole; at += 16) {
    for (let lane = 0; lane < 4; lane++) {
      take(lane, at + lane * 4);
      h[lane] = ((rotateLeft(h[lane]!, STATE_BITS[lane]!) + h[(lane + 1) % 4]!) * 5n + ADDED[lane]!) & MASK;
    }
  }
  for (let lane = 0; lane < 4; lane++) {
    take(lane, whole + lane * 4);
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

const message = (timeMs: number, id: Uint8Array): Uint8Array => {
  const bytes = Buffer.alloc(8 + id.length);
  bytes.writeBigInt64LE(BigInt(timeMs));
  bytes.set(id, 8);
  return bytes;
};

describe("an identity's fingerprint", () => {
  it("is MurmurHash3_x86_128: the twin gives the published value", () => {
    const words = murmurBigInt(Buffer.from("The quick brown fox jumps over the lazy dog"), [0, 0, 0, 0]);
    expect(words).toEqual([0x2f1583c3, 0xecee2c67, 0x5d7bf66c, 0xe5e91d2c]);
  });

  it(`equals the twin for every id, time and seed, wherever the id lies (seed ${SEED})`, () => {
    const seeds = fc.array(fc.integer(), { minLength: 4, maxLength: 4 });
    const times = fc.oneof(
      fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 }),
      fc.constantFrom(0, -1, 2 ** 31, 2 ** 32, -(2 ** 32), -(2 ** 31) - 1),
    );
    const cases = fc.tuple(fc.uint8Array({ maxLength: 70 }), times, seeds, fc.nat(9), fc.nat(3));
    fc.assert(
      fc.property(cases, ([id, timeMs, seed, before, index]) => {
        const bytes = Buffer.concat([Buffer.alloc(before, 0xaa), id, Buffer.alloc(5, 0xbb)]);
        const out = new Uint32Array(16);
        fingerprint(bytes, before, before + id.length, timeMs, Int32Array.from(seed), out, index);
        expect([...out.subarray(index * 4, index * 4 + 4)]).toEqual(murmurBigInt(message(timeMs, id), seed));
      }),
      { seed: SEED, numRuns: 3000 },
    );
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
