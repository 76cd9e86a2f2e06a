import { describe, expect, it } from "vitest";
import { createRandom } from "../random/random.js";
import { createLatencies } from "./latencies.js";

describe("latencies", () => {
  it("are those of the sorted durations, to three digits", () => {
    const random = createRandom("latencies");
    const latencies = createLatencies();
    const all = Array.from({ length: 50_000 }, () => Math.exp(3 * random.normal()));
    for (const ms of all) latencies.record(ms);
    all.sort((a, b) => a - b);
    const at = (share: number): number => all[Math.ceil(share * all.length) - 1] as number;
    const { count, p50Ms, p99Ms, p9999Ms, maxMs } = latencies.summary();
    expect(count).toBe(50_000);
    for (const [is, must] of [
      [p50Ms, at(0.5)],
      [p99Ms, at(0.99)],
      [p9999Ms, at(0.9999)],
      [maxMs, at(1)],
    ] as const)
      expect(Math.abs(is / must - 1)).toBeLessThan(0.002);
    const distribution = latencies.distribution();
    expect(distribution.length).toBeGreaterThan(40);
    expect(
      distribution.every(({ ms }, index) => index === 0 || ms >= (distribution[index - 1]?.ms ?? 0)),
    ).toBe(true);
  });

  it("count runs as many times, and none as nothing", () => {
    const latencies = createLatencies();
    expect(latencies.summary()).toMatchObject({ count: 0, maxMs: 0 });
    latencies.record(10, 999);
    latencies.record(1_000);
    expect(latencies.summary().p50Ms).toBeCloseTo(10, 1);
    expect(latencies.summary()).toMatchObject({ count: 1_000, maxMs: 1_000 });
  });
});
