import { describe, expect, it } from "vitest";
import { createIdSource, cryptoRandom, fractionOf } from "./id.js";

describe("ids", () => {
  it("are ULIDs, no two alike, that sort by time", () => {
    const newId = createIdSource(cryptoRandom);
    const ids = Array.from({ length: 20_000 }, (_, index) =>
      newId(1_700_000_000_000 + Math.floor(index / 1000)),
    );
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id) => /^[0-9A-HJKMNP-TV-Z]{26}$/.test(id))).toBe(true);
    const times = ids.map((id) => id.slice(0, 10));
    expect(times.toSorted()).toEqual(times);
    expect(new Set(times).size).toBe(20);
    expect(newId(0).slice(0, 10)).toBe("0000000000");
    expect(newId(2 ** 48 - 1).slice(0, 10)).toBe("7ZZZZZZZZZ");
  });

  it("use all of the randomness that they are given", () => {
    const seen = Array.from({ length: 16 }, () => new Set<string>());
    const newId = createIdSource(cryptoRandom);
    for (let count = 0; count < 2000; count++)
      [...newId(0).slice(10)].forEach((character, index) => seen[index]?.add(character));
    expect(seen.map(({ size }) => size)).toEqual(Array(16).fill(32));
  });

  it("come with fractions in [0, 1) from the same source", () => {
    const filled = (byte: number): number => fractionOf((into) => into.fill(byte));
    expect(filled(0)).toBe(0);
    expect(filled(255)).toBeLessThan(1);
    expect(filled(128)).toBeCloseTo(0.5, 2);
  });
});
