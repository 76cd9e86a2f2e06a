import { describe, expect, it } from "vitest";
import { type BurstShape, burstDurationMs, burstRate, dayCurve } from "./rate.js";

const HOUR_MS = 3_600_000;
const MONDAY = Date.UTC(2026, 0, 5);

describe("the day curve", () => {
  it("is about 1 on average over a week, and never below zero", () => {
    const hours = Array.from({ length: 7 * 24 }, (_, hour) => dayCurve(MONDAY + hour * HOUR_MS));
    expect(hours.reduce((sum, value) => sum + value, 0) / hours.length).toBeCloseTo(1, 2);
    expect(Math.min(...hours)).toBeGreaterThan(0);
  });

  it("is quieter at night and at weekends, also before 1970", () => {
    const noon = MONDAY + 12 * HOUR_MS;
    expect(dayCurve(MONDAY + 4 * HOUR_MS)).toBeLessThan(dayCurve(noon) / 2);
    expect(dayCurve(noon + 5 * 24 * HOUR_MS)).toBeLessThan(dayCurve(noon));
    expect(dayCurve(noon + 6 * 24 * HOUR_MS)).toBeLessThan(dayCurve(noon));
    const weeksAgo = noon - 3000 * 7 * 24 * HOUR_MS;
    expect(dayCurve(weeksAgo)).toBeCloseTo(dayCurve(noon), 9);
    expect(dayCurve(weeksAgo + 5 * 24 * HOUR_MS)).toBeCloseTo(dayCurve(noon + 5 * 24 * HOUR_MS), 9);
  });
});

describe("a burst", () => {
  const shape: BurstShape = { peakPerSecond: 8, riseMs: 1000, stayMs: 2000, fadeMs: 500 };

  it("rises, stays, fades, and is over", () => {
    expect(burstRate(shape, -1)).toBe(0);
    expect(burstRate(shape, 500)).toBe(4);
    expect(burstRate(shape, 1000)).toBe(8);
    expect(burstRate(shape, 3000)).toBe(8);
    expect(burstRate(shape, 3500)).toBeCloseTo(8 / Math.E, 9);
    expect(burstRate(shape, burstDurationMs(shape) - 1)).toBeLessThan(0.03);
    expect(burstRate(shape, burstDurationMs(shape))).toBe(0);
  });
});
