import { describe, expect, it } from "vitest";
import { createDueTimes } from "./dueTimes.js";
import { parseCurve } from "./parseCurve.js";
import { type RateCurve, rateAt, warmedUp } from "./rateCurve.js";

const RUN_MS = 60_000;
const CURVES = ["steady", "ramp:100", "steps:50,5000,3/10s", "diurnal:1m", "bursts:8/20s"];

const dueTimes = (curve: RateCurve): readonly number[] => {
  const times = createDueTimes(curve, RUN_MS);
  const all: number[] = [];
  for (; times.dueMs < Number.POSITIVE_INFINITY; times.advance()) all.push(times.dueMs);
  return all;
};

describe.each(CURVES)("a rate of %s", (text) => {
  const curve = parseCurve(text, 2_000, RUN_MS);
  const times = dueTimes(curve);

  it("sends in order, from the start to the end", () => {
    expect(times.every((at, index) => index === 0 || at >= (times[index - 1] as number))).toBe(true);
    expect(times[0]).toBeGreaterThanOrEqual(0);
    expect(times.at(-1)).toBeLessThan(RUN_MS);
  });

  it("sends in each second as many as the curve has there", () => {
    for (let fromMs = 0; fromMs < RUN_MS; fromMs += 1_000) {
      let expected = 0;
      for (let ms = 0; ms < 1_000; ms++) expected += rateAt(curve, fromMs + ms) / 1_000;
      const sent = times.filter((at) => at >= fromMs && at < fromMs + 1_000).length;
      expect(Math.abs(sent - expected), `at ${fromMs}`).toBeLessThanOrEqual(1);
    }
  });
});

describe("curves", () => {
  it("do what their names say", () => {
    const at = (text: string, seconds: number): number =>
      rateAt(parseCurve(text, 2_000, RUN_MS), seconds * 1_000);
    expect([0, 30, 60, 90].map((seconds) => at("ramp:100", seconds))).toEqual([100, 1_050, 2_000, 2_000]);
    expect([0, 9.9, 10, 25, 99].map((seconds) => at("steps:50,5000,3/10s", seconds))).toEqual([
      50, 50, 5_000, 3, 3,
    ]);
    expect(at("bursts:8/20s", 9)).toBe(2_000);
    expect(at("bursts:8/20s", 12)).toBeCloseTo(16_000);
    expect(at("bursts:8/20s", 19.9)).toBeLessThan(2_000 * 1.1);
    const warm = warmedUp(parseCurve("ramp:100", 2_000, RUN_MS), 10_000);
    expect([0, 5, 10, 40].map((seconds) => rateAt(warm, seconds * 1_000))).toEqual([0, 50, 100, 1_050]);
    const day = Array.from({ length: 24 }, (_, hour) => at("diurnal:24s", hour + 0.5));
    expect(Math.max(...day) / Math.min(...day)).toBeGreaterThan(3);
    expect(day.reduce((sum, rate) => sum + rate, 0) / 24).toBeCloseTo(2_000 * 1.1, -2);
  });

  it.each(["", "wave", "steps:1,-2/1s", "steps:1,2", "bursts:0/1s", "diurnal:often", "ramp:"])(
    "are refused as %j, with the forms that there are",
    (text) => {
      expect(() => parseCurve(text, 1, RUN_MS)).toThrow(/expected one of steady, ramp:FROM/);
    },
  );
});
