import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createByteReader, createByteWriter } from "./bytes.js";

const SEED = 20_261_125;
const LARGEST = 2n ** 126n;

/** Around every power of two, where a form gives way to another. */
const edge = fc
  .tuple(fc.bigInt(0n, 126n), fc.bigInt(-2n, 2n), fc.boolean())
  .map(([bits, more, negative]) => (negative ? -1n : 1n) * (2n ** bits + more));
const integer = fc.oneof(edge, fc.bigInt(-LARGEST, LARGEST), fc.bigInt(-200n, 200n));

/** Zigzag and LEB128 as they are written down. */
const bytesOf = (value: bigint): number[] => {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(200, (value << 1n) ^ (value >> 199n));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return [...bytes, Number(rest)];
};

const written = (write: (out: ReturnType<typeof createByteWriter>) => void): number[] => {
  const out = createByteWriter(1);
  write(out);
  return [...out.finish()];
};

describe("signed integers", () => {
  it(`are the same bytes as numbers and as bigints, and come back (seed ${SEED})`, () => {
    const met = { safe: 0, large: 0, long: 0 };
    fc.assert(
      fc.property(integer, (value) => {
        const number = Number(value);
        const safe = Number.isSafeInteger(number);
        const bytes = bytesOf(value);
        expect(written((out) => out.bigint(value))).toEqual(bytes);
        const reader = () => createByteReader(Uint8Array.from([...bytes, 7]));
        const whole = reader();
        expect(whole.integer()).toBe(safe ? number : value);
        expect(whole.remaining).toBe(1);
        expect(reader().bigint()).toBe(value);
        met[safe ? "safe" : "large"]++;
        if (!safe) {
          expect(() => reader().zigzag()).toThrow("zigzag past 2^53 - 1");
          return;
        }
        if (bytes.length > 7) met.long++;
        expect(written((out) => out.zigzag(number))).toEqual(bytes);
        expect(reader().zigzag()).toBe(number);
      }),
      { seed: SEED, numRuns: 5_000 },
    );
    for (const [what, times] of Object.entries(met)) expect([what, times > 50]).toEqual([what, true]);
  });

  it.each([1.5, Number.NaN, Number.POSITIVE_INFINITY])("%d is none", (value) => {
    expect(() => written((out) => out.zigzag(value))).toThrow(RangeError);
  });

  it("cut short, or longer than 128 bits, are refused", () => {
    expect(() => createByteReader(Uint8Array.of(0x80, 0x80)).integer()).toThrow("read past the end");
    const endless = new Uint8Array(30).fill(0xff);
    expect(() => createByteReader(endless).integer()).toThrow("integer past 128 bits");
  });
});
