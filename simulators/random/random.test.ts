import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom, type Random } from "./random.js";
import { weightedSampler, zipfWeights } from "./sampler.js";

const DRAWS = 20_000;
const draw = <T>(of: () => T): readonly T[] => Array.from({ length: DRAWS }, of);
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const variance = (values: readonly number[]): number => {
  const middle = mean(values);
  return mean(values.map((value) => (value - middle) ** 2));
};

describe("a seeded stream", () => {
  it("is the same for the same seed, for ever", () => {
    const random = createRandom(1, "news");
    expect([random.integer(1000), random.integer(1000), random.integer(1000)]).toEqual([884, 815, 215]);
  });

  it("is another for another seed", () => {
    const seeds = [[1], [2], ["1"], [1, ""], [1, 1], ["a", "b"], ["ab"]];
    const firsts = seeds.map((seed) => createRandom(...seed).unit());
    expect(new Set(firsts).size).toBe(seeds.length);
  });

  it("stays within its bounds and is spread evenly", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 2 ** 32 }), (seed, end) => {
        const random = createRandom(seed);
        const value = random.integer(end);
        const unit = random.unit();
        return Number.isInteger(value) && value >= 0 && value < end && unit >= 0 && unit < 1;
      }),
      { seed: 7 },
    );
    const random = createRandom(3);
    expect(mean(draw(() => random.unit()))).toBeCloseTo(0.5, 1);
    expect(variance(draw(() => random.unit()))).toBeCloseTo(1 / 12, 2);
  });

  it.each([0, 0.3, 5, 29, 31, 4000])(
    "draws Poisson counts of mean %d with that mean and variance",
    (expected) => {
      const random: Random = createRandom("poisson", expected);
      const counts = draw(() => random.poisson(expected));
      const error = 5 * Math.sqrt(expected / DRAWS);
      expect(Math.abs(mean(counts) - expected)).toBeLessThanOrEqual(error);
      expect(variance(counts)).toBeGreaterThanOrEqual(expected * 0.9);
      expect(variance(counts)).toBeLessThanOrEqual(expected * 1.1);
    },
  );

  it("picks nothing from nothing", () => {
    expect(() => createRandom(1).pick([])).toThrow(RangeError);
  });
});

describe("a sampler", () => {
  it("draws in proportion to the weights, and never what has none", () => {
    const random = createRandom("sampler");
    const sample = weightedSampler([0, 3, 0, 1, 0]);
    const counts = [0, 0, 0, 0, 0];
    for (const index of draw(() => sample(random))) counts[index] = (counts[index] ?? 0) + 1;
    expect(counts.map((count) => count > 0)).toEqual([false, true, false, true, false]);
    expect((counts[1] ?? 0) / (counts[3] ?? 1)).toBeCloseTo(3, 0);
  });

  it("follows Zipf's law", () => {
    expect(zipfWeights(3, 1)).toEqual([1, 1 / 2, 1 / 3]);
  });

  it("refuses weights that are none", () => {
    expect(() => weightedSampler([])).toThrow(RangeError);
    expect(() => weightedSampler([0])).toThrow(RangeError);
    expect(() => weightedSampler([1, -1])).toThrow(RangeError);
    expect(() => weightedSampler([Number.NaN])).toThrow(RangeError);
  });
});
