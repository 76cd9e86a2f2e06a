import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { taskSize } from "./fargate.js";
import type { Scale } from "./scale.js";
import { shardQuota, shardsFor } from "./shards.js";
import { sizesFor } from "./sizing.js";

const SEED = 20_261_121;
const aScale = (overrides: Partial<Scale> = {}): Scale => ({
  eventsPerSecond: 1_000,
  bytesPerEvent: 200,
  keys: 1_000,
  ...overrides,
});

const scales = fc.record({
  eventsPerSecond: fc.integer({ min: 1, max: 1_000_000 }),
  bytesPerEvent: fc.integer({ min: 16, max: 100_000 }),
  keys: fc.integer({ min: 1, max: 100_000_000 }),
});

describe("the sizes for a scale", () => {
  it("give shards for records and for bytes, whichever asks for more, with room to spare", () => {
    expect(shardsFor(aScale({ eventsPerSecond: 1 }))).toBe(1);
    expect(shardsFor(aScale({ eventsPerSecond: 700 }))).toBe(1);
    expect(shardsFor(aScale({ eventsPerSecond: 701 }))).toBe(2);
    expect(shardsFor(aScale({ eventsPerSecond: 58_000, bytesPerEvent: 220 }))).toBe(83);
    expect(shardsFor(aScale({ eventsPerSecond: 700, bytesPerEvent: 10_000 }))).toBe(10);
    expect(shardsFor(aScale({ eventsPerSecond: 700, bytesPerEvent: 10_001 }))).toBe(11);
  });

  it("take fewer shards for records that hold many events, down to what their bytes ask for", () => {
    const load = { eventsPerSecond: 58_000, bytesPerEvent: 220 };
    expect(shardsFor(aScale({ ...load, eventsPerRecord: 2 }))).toBe(42);
    expect(shardsFor(aScale({ ...load, eventsPerRecord: 90 }))).toBe(19);
    expect([shardQuota("eu-west-1"), shardQuota("eu-central-1")]).toEqual([20_000, 1_000]);
  });

  it("take more workers where a vCPU folds less, and more memory where they remember more", () => {
    const load = aScale({ eventsPerSecond: 100_000 });
    expect(sizesFor(load).worker).toEqual({ vcpus: 2, memoryMib: 4_096, count: 2 });
    expect(sizesFor({ ...load, eventsPerVcpu: 5_000 }).worker).toEqual({
      vcpus: 4,
      memoryMib: 8_192,
      count: 5,
    });
    // a million a second remember 7.7 GB of identities among 10 workers
    expect(sizesFor(aScale({ eventsPerSecond: 1_000_000, keys: 50_000_000 })).worker.memoryMib).toBe(10_240);
  });

  it("never shrink where the scale grows, and are tasks that Fargate has", () => {
    fc.assert(
      fc.property(scales, fc.integer({ min: 1, max: 20 }), (scale, factor) => {
        const [small, large] = [sizesFor(scale), sizesFor({ ...scale, keys: scale.keys * factor })];
        expect(large.worker.memoryMib).toBeGreaterThanOrEqual(small.worker.memoryMib);
        expect(large.serving.memoryMib).toBeGreaterThanOrEqual(small.serving.memoryMib);
        const faster = sizesFor({ ...scale, eventsPerSecond: scale.eventsPerSecond * factor });
        expect(faster.shards).toBeGreaterThanOrEqual(small.shards);
        expect(faster.worker.count * faster.worker.vcpus).toBeGreaterThanOrEqual(
          small.worker.count * small.worker.vcpus,
        );
        for (const { vcpus, memoryMib } of [small.worker, small.serving, small.batch]) {
          expect([1, 2, 4]).toContain(vcpus);
          expect(memoryMib % 1_024).toBe(0);
          expect(memoryMib).toBeGreaterThanOrEqual(vcpus * 2_048);
          expect(memoryMib).toBeLessThanOrEqual(vcpus === 4 ? 30_720 : vcpus * 8_192);
        }
        expect(small.fold.memoryMib).toBeLessThanOrEqual(10_240);
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  it("take the least task that has both", () => {
    expect(taskSize(1, 100)).toEqual({ vcpus: 1, memoryMib: 2_048 });
    expect(taskSize(1, 8_193)).toEqual({ vcpus: 2, memoryMib: 9_216 });
    expect(taskSize(3, 100)).toEqual({ vcpus: 4, memoryMib: 8_192 });
    expect(taskSize(9, 1_000_000)).toEqual({ vcpus: 4, memoryMib: 30_720 });
  });
});
