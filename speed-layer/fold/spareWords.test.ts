import { describe, expect, it } from "vitest";
import { giveWords, sizeBitsFor, takeWords, takeZeros } from "./spareWords.js";

describe("spare words", () => {
  it("are given out again, and are zero where that is asked for", () => {
    const words = takeZeros(12).fill(7);
    for (const take of [takeWords, takeZeros]) {
      giveWords(words);
      expect(take(12)).toBe(words);
    }
    expect(words.every((word) => word === 0)).toBe(true);
    expect(takeZeros(12)).not.toBe(words);
  });

  it("are of the size that is asked for, and hold what they must", () => {
    expect([0, 1, 2, 3, 4, 5, 1 << 20].map(sizeBitsFor)).toEqual([0, 0, 1, 2, 2, 3, 20]);
    for (const bits of [0, 3, 9, 14]) expect(takeWords(bits).length).toBe(1 << bits);
  });

  it("are not kept where they are few or of no such size, nor past a bound", () => {
    for (const words of [new Int32Array(8), new Int32Array(1000)]) {
      giveWords(words);
      expect(takeWords(sizeBitsFor(words.length))).not.toBe(words);
    }
    const many = Array.from({ length: 20 }, () => new Int32Array(1 << 20));
    many.forEach(giveWords);
    const given = new Set<Int32Array>(many);
    const kept = many.filter(() => given.has(takeWords(20))).length;
    expect(kept).toBeGreaterThan(5);
    expect(kept).toBeLessThanOrEqual(16);
  });
});
