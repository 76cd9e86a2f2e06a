import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readHex } from "../../fixtures/readHex.js";
import { addAll } from "../../measure.contract.js";
import { createCountDistinct } from "../countDistinct.js";
import { isDense, RANK_BITS, RANK_MAX, type Registers, registersOfDense, toDense } from "../registers.js";
import { fromDataSketches } from "./fromDataSketches.js";
import { toDataSketches } from "./toDataSketches.js";

const SEED = 11;
const SKETCHES = [
  "spark/hll_empty_lgk12",
  "spark/hll_abc_lgk12",
  "spark/hll_100_lgk12",
  "spark/hll_10000_lgk11",
  "spark/hll_union_agg_lgk12",
  "dataSketches/hll4_updatable_100_lgk12",
  "dataSketches/hll4_updatable_1000_lgk7",
  "dataSketches/hll4_updatable_20000_lgk12",
  "dataSketches/hll4_compact_20000_lgk12",
  "dataSketches/hll6_compact_1000_lgk10",
  "dataSketches/hll8_compact_0_lgk12",
  "dataSketches/hll8_compact_3_lgk12",
  "dataSketches/hll8_compact_100_lgk12",
];

const denseOf = (registers: Registers, lgK: number): Uint8Array =>
  isDense(registers) ? registers : toDense(registers, lgK);

/** Copies a fixture and sets bytes of it. */
const changed = (name: string, bytes: Readonly<Record<number, number>>): Uint8Array => {
  const sketch = readHex(name);
  for (const [at, byte] of Object.entries(bytes)) sketch[Number(at)] = byte;
  return sketch;
};

describe("an HLL sketch of DataSketches", () => {
  it(`comes back with the same registers, for every lgK and rank (seed ${SEED})`, () => {
    const sizes = fc.integer({ min: 4, max: 21 });
    const registers = sizes.chain((lgK) =>
      fc.record({
        lgK: fc.constant(lgK),
        raised: fc.array(fc.tuple(fc.nat(2 ** lgK - 1), fc.integer({ min: 1, max: RANK_MAX })), {
          maxLength: 300,
        }),
        all: fc.boolean(),
      }),
    );
    const seen = new Set<number>();
    fc.assert(
      fc.property(registers, ({ lgK, raised, all }) => {
        const dense = new Uint8Array(1 << lgK).fill(all ? 1 : 0);
        for (const [slot, rank] of raised) dense[slot] = rank;
        const state = registersOfDense(dense, lgK);
        const sketch = toDataSketches(state, lgK);
        const read = fromDataSketches(sketch);
        expect([read.lgK, isDense(read.registers)]).toEqual([lgK, isDense(state)]);
        expect(Buffer.compare(denseOf(read.registers, lgK), dense)).toBe(0);
        seen.add(lgK);
      }),
      { seed: SEED, numRuns: 300 },
    );
    expect(seen.size).toBe(18);
  });

  it("says what DataSketches estimates from: the sums of 2^-rank, the least rank and how many have it", () => {
    const dense = new Uint8Array(16).fill(2);
    dense.set([63, 32, 31]);
    const view = new DataView(toDataSketches(dense, 4).buffer);
    expect(view.getFloat64(8, true)).toBe(0);
    expect(view.getFloat64(16, true)).toBe(13 / 4 + 2 ** -31);
    expect(view.getFloat64(24, true)).toBe(2 ** -32 + 2 ** -63);
    expect([view.getUint8(6), view.getInt32(32, true)]).toEqual([2, 13]);
  });

  it(`merges with others' and with our own in any order (seed ${SEED})`, () => {
    const lgK = 12;
    const measure = createCountDistinct({ kind: "countDistinct", lgK });
    const own = (from: number, to: number): Registers =>
      addAll(
        measure,
        Array.from({ length: to - from }, (_, index) => `own ${from + index}`),
      );
    const make: (() => Registers)[] = [
      ...SKETCHES.filter((name) => name.endsWith("lgk12")).map(
        (name) => () => fromDataSketches(readHex(name)).registers,
      ),
      () => own(0, 5),
      () => own(0, 300),
      () => own(200, 9000),
      () => fromDataSketches(toDataSketches(own(0, 4000), lgK)).registers,
    ];
    const mergeAll = (order: readonly number[]): Registers =>
      order.reduce<Registers>((merged, index) => measure.merge(merged, make[index]!()), measure.zero());
    const inOrder = mergeAll(make.map((_, index) => index));
    const orders = fc.shuffledSubarray(
      make.map((_, index) => index),
      { minLength: make.length },
    );
    fc.assert(
      fc.property(orders, (order) => {
        expect(mergeAll(order)).toEqual(inOrder);
      }),
      { seed: SEED, numRuns: 100 },
    );
  });

  it.each(SKETCHES)("%s is refused when it is cut anywhere, or longer", (name) => {
    const sketch = readHex(name);
    for (let length = 0; length < sketch.length; length++) {
      expect(() => fromDataSketches(sketch.subarray(0, length)), String(length)).toThrow(RangeError);
    }
    for (const more of [1, 4, 32]) {
      expect(() => fromDataSketches(Uint8Array.from([...sketch, ...new Uint8Array(more)]))).toThrow(
        RangeError,
      );
    }
  });

  const list = "dataSketches/hll8_compact_3_lgk12";
  const array = "spark/hll_10000_lgk11";
  const nibbles = "dataSketches/hll4_compact_20000_lgk12";
  it.each([
    ["another family", changed(array, { 2: 3 }), "family 3, not 7"],
    ["another version", changed(array, { 1: 2 }), "version 2, not 1"],
    ["another preamble", changed(array, { 0: 3 }), "3 preamble ints"],
    ["lgK 3", changed(array, { 3: 3 }), "lgK 3"],
    ["lgK 22", changed(array, { 3: 22 }), "lgK 22"],
    ["lgK of another size", changed(array, { 3: 10 }), "2088 bytes"],
    ["no mode", changed(array, { 7: 3 }), "mode 3"],
    ["no type", changed(array, { 7: 14 }), "mode 14"],
    ["a mode past four bits", changed(array, { 7: 0x1a }), "mode 26"],
    ["big endian", changed(array, { 5: 1 }), "flags 1"],
    ["unknown flags", changed(array, { 5: 64 }), "flags 64"],
    ["empty, but an array", changed(array, { 5: 4 }), "empty, but with registers"],
    ["rank 64", changed(array, { 40: 64 }), "rank 64, least 0"],
    ["a rank below the least", changed(array, { 6: 1 }), "rank 0, least 1"],
    ["exceptions in HLL_8", changed(array, { 36: 1 }), "exceptions where there are none"],
    ["bits behind HLL_6", changed("dataSketches/hll6_compact_1000_lgk10", { 808: 1 }), "past the last"],
    ["a list of fewer than it says", changed("spark/hll_abc_lgk12", { 6: 4 }), "3 coupons, not 4"],
    ["a list of more than it says", changed("spark/hll_abc_lgk12", { 6: 2 }), "3 coupons, not 2"],
    ["a set of fewer than it says", changed("spark/hll_100_lgk12", { 8: 101 }), "100 coupons, not 101"],
    ["a compact list with a gap", changed(list, { 8: 0, 9: 0, 10: 0, 11: 0 }), "coupon 0"],
    ["a coupon of rank 0", changed(list, { 11: 0 }), "coupon "],
    ["a coupon twice", changed(list, { 12: 0xaa, 13: 0xa6, 14: 0x0f, 15: 0x06 }), "twice"],
    ["an array of 2^200", changed("spark/hll_abc_lgk12", { 4: 200 }), "40 bytes"],
    ["a least rank of 60 in HLL_4", changed(nibbles, { 6: 60 }), "rank"],
    ["one exception fewer", changed(nibbles, { 36: 2 }).subarray(0, 2096), "2 exceptions, not 3"],
    ["an exception of another slot", changed(nibbles, { 2088: 1, 2089: 0 }), "exception "],
    ["no bytes", new Uint8Array(0), "cut short"],
  ])("refuses %s", (_, sketch, message) => {
    expect(() => fromDataSketches(sketch)).toThrow(message);
    expect(() => fromDataSketches(sketch)).toThrow(RangeError);
  });

  it("refuses an exception that is there twice in the place of another", () => {
    const sketch = readHex(nibbles);
    const view = new DataView(sketch.buffer);
    const [first, second] = [view.getUint32(2088, true), view.getUint32(2092, true)];
    expect(first).not.toBe(second);
    view.setUint32(2092, first + (1 << (32 - RANK_BITS)), true);
    expect(() => fromDataSketches(sketch)).toThrow("twice");
  });

  it(`either refuses changed bytes by a RangeError or has registers of them (seed ${SEED})`, () => {
    const changes = fc.array(
      fc.tuple(fc.oneof(fc.nat(47), fc.nat(2300)), fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 255))),
      { minLength: 1, maxLength: 4 },
    );
    let refused = 0;
    let read = 0;
    fc.assert(
      fc.property(fc.constantFrom(...SKETCHES), changes, fc.boolean(), (name, bytes, ofFirst) => {
        const sketch = readHex(name);
        for (const [at, byte] of bytes) sketch[ofFirst ? at % 8 : at % sketch.length] = byte;
        try {
          const { lgK, registers } = fromDataSketches(sketch);
          const dense = denseOf(registers, lgK);
          expect(dense.length).toBe(1 << lgK);
          expect(dense.every((rank) => rank <= RANK_MAX)).toBe(true);
          expect(fromDataSketches(toDataSketches(registers, lgK)).registers).toEqual(registers);
          read++;
        } catch (error) {
          if (!(error instanceof RangeError) || !error.message.startsWith("HLL sketch of DataSketches: "))
            throw error;
          refused++;
        }
      }),
      { seed: SEED, numRuns: 4000 },
    );
    expect(Math.min(refused, read)).toBeGreaterThan(800);
  });
});
