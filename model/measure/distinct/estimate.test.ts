import { describe, expect, it } from "vitest";
import { createCountDistinct } from "./countDistinct.js";
import { estimateDistinct } from "./estimate.js";
import { rankHistogram, type Registers } from "./registers.js";

const COUNTS = [1, 2, 3, 5, 10, 30, 100, 300, 1000, 3000, 10_000, 30_000, 100_000, 300_000, 1_000_000];

/** The relative errors of the estimates at each of `COUNTS`, over the texts `<prefix>0`, `<prefix>1`, ... */
const relativeErrors = (lgK: number, prefix: string, most: number): { count: number; error: number }[] => {
  const measure = createCountDistinct({ kind: "countDistinct", lgK });
  const errors: { count: number; error: number }[] = [];
  let registers: Registers = measure.zero();
  let added = 0;
  for (const count of COUNTS.filter((candidate) => candidate <= most)) {
    for (; added < count; added++) registers = measure.add(registers, prefix + added);
    errors.push({ count, error: measure.rank(registers) / count - 1 });
  }
  return errors;
};

describe("estimateDistinct", () => {
  it("stays within two stated bounds from one to a million, for every size", () => {
    for (const lgK of [8, 12, 14]) {
      const bound = createCountDistinct({ kind: "countDistinct", lgK }).errorBound!.bound;
      for (const { count, error } of relativeErrors(lgK, `seed 1, lgK ${lgK}: `, 1_000_000)) {
        expect(Math.abs(error), `${count} with lgK ${lgK}`).toBeLessThan(2 * bound);
      }
    }
  });

  it("keeps the stated confidence, and leans to no side, over many streams", () => {
    const lgK = 10;
    const bound = createCountDistinct({ kind: "countDistinct", lgK }).errorBound!.bound;
    const streams = 60;
    const errors = Array.from({ length: streams }, (_, stream) =>
      relativeErrors(lgK, `stream ${stream}: `, 10_000),
    );
    const all = errors.flat().map(({ error }) => error);
    expect(all.filter((error) => Math.abs(error) <= bound).length / all.length).toBeGreaterThan(0.95);
    for (const [index, { count }] of errors[0]!.entries()) {
      const mean = errors.reduce((sum, stream) => sum + stream[index]!.error, 0) / streams;
      expect(Math.abs(mean), `bias at ${count}`).toBeLessThan((3 * (bound / 2)) / Math.sqrt(streams));
    }
  });

  it("keeps the stated confidence with few registers, where it leans up", () => {
    for (const lgK of [4, 5, 6]) {
      const bound = createCountDistinct({ kind: "countDistinct", lgK }).errorBound!.bound;
      const streams = Array.from({ length: 1_500 }, (_, stream) =>
        relativeErrors(lgK, `few ${stream}: `, 1_000),
      );
      const within = streams.map((stream) => stream.filter(({ error }) => Math.abs(error) <= bound).length);
      const all = streams.length * (streams[0]?.length ?? 0);
      expect(within.reduce((sum, count) => sum + count, 0) / all, `lgK ${lgK}`).toBeGreaterThan(0.95);
      const last = streams.filter((stream) => Math.abs(stream.at(-1)!.error) <= bound).length;
      expect(last / streams.length, `lgK ${lgK}, the last count`).toBeGreaterThan(0.945);
    }
  });

  it("says 0 for no registers, and is finite when every register is full", () => {
    expect(estimateDistinct(rankHistogram([], 4))).toBe(0);
    expect(estimateDistinct(rankHistogram(new Uint8Array(16).fill(62), 4))).toBeGreaterThan(1e18);
    expect(estimateDistinct(rankHistogram(new Uint8Array(16).fill(63), 4))).toBe(2 ** 64);
  });

  it("is exact for a handful of values", () => {
    const measure = createCountDistinct({ kind: "countDistinct", lgK: 12 });
    let registers = measure.zero();
    for (let count = 1; count <= 20; count++) {
      registers = measure.add(registers, count);
      registers = measure.add(registers, count);
      expect(measure.present(registers)).toBe(count);
    }
  });
});
