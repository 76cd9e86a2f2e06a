import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { COUPON_SLOT_BITS, couponOf, couponOfBytes, couponOfInteger, NO_COUPON } from "./coupon.js";
import { hashText } from "./textHash.js";

const SEED = 3;

/** DataSketches' rule, from the hash as published. */
const couponOfText = (text: string): number => {
  const hash = new Int32Array(4);
  hashText(text, 9001, hash);
  const second = (BigInt(hash[2]! >>> 0) << 32n) | BigInt(hash[3]! >>> 0);
  const zeros = 64 - (second === 0n ? 0 : second.toString(2).length);
  return Math.min(zeros, 62) * 2 ** COUPON_SLOT_BITS + 2 ** COUPON_SLOT_BITS + (hash[1]! & 0x3ffffff);
};

describe("couponOf", () => {
  it(`is the same of a text and of its bytes, wherever they lie (seed ${SEED})`, () => {
    const texts = fc.oneof(fc.string({ unit: "binary", maxLength: 40 }), fc.string({ maxLength: 100 }));
    let nonAscii = 0;
    fc.assert(
      fc.property(texts, fc.nat(20), fc.nat(20), (text, before, behind) => {
        const bytes = Buffer.from(text);
        const all = Buffer.concat([Buffer.alloc(before, 0xff), bytes, Buffer.alloc(behind, 0xff)]);
        const coupon = couponOfBytes(all, before, before + bytes.length);
        expect(coupon).toBe(couponOf(text));
        expect(coupon).toBe(text === "" ? NO_COUPON : couponOfText(text));
        if (bytes.length > text.length) nonAscii++;
      }),
      { seed: SEED, numRuns: 3000 },
    );
    expect(nonAscii).toBeGreaterThan(500);
  });

  it(`is the same of an integer and of its 8 bytes (seed ${SEED})`, () => {
    const integers = fc.oneof(
      fc.maxSafeInteger(),
      fc.constantFrom(0, -0, -1, 2 ** 31, 2 ** 32, -(2 ** 32), -(2 ** 32) - 1, Number.MIN_SAFE_INTEGER),
    );
    fc.assert(
      fc.property(integers, (value) => {
        const bytes = Buffer.alloc(8);
        bytes.writeBigInt64LE(BigInt(value));
        expect(couponOfInteger(value)).toBe(couponOfBytes(bytes, 0, 8));
        expect(couponOf(value)).toBe(couponOfInteger(value));
      }),
      { seed: SEED, numRuns: 1000 },
    );
  });

  it("gives the coupons that Spark stored for a, b and c", () => {
    const stored = Buffer.from("2f823b040aff80046f19dc06", "hex");
    const coupons = ["a", "b", "c"].map(couponOf).sort((a, b) => a - b);
    expect(coupons).toEqual([0, 4, 8].map((at) => stored.readUInt32LE(at)).sort((a, b) => a - b));
  });
});
