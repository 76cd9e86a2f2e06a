import { sizesFor } from "@freshet/model";
import { describe, expect, it } from "vitest";
import { createRandom } from "../random/random.js";
import { weightedSampler, zipfWeights } from "../random/sampler.js";
import { bodyBytesOf, fitBytesOfMore } from "./bodyBytes.js";
import type { Coefficients } from "./coefficients.js";
import { expectedDistinct } from "./distinct.js";
import { writeUnitsOf } from "./needs.js";
import { parseCoefficients, parsePrices } from "./parse.js";
import { planFor } from "./plan.js";
import { US_EAST_1 } from "./prices.js";
import { DEFAULT_QUESTION, type PlanQuestion } from "./question.js";

const COEFFICIENTS: Coefficients = {
  format: 1,
  measuredAt: "2026-11-21T12:00:00.000Z",
  machine: "a machine",
  measured: {
    eventBytes: 220,
    speedUsPerEvent: 4,
    speedUsPerGroup: 2,
    bodyBytesOfFirst: 40,
    bodyBytesOfMore: 10,
    bodyBytesOfMost: 2_500,
    landUsPerEvent: 3,
    lakeBytesPerEvent: 80,
    batchUsPerEvent: 5,
  },
};

const aQuestion = (overrides: Partial<PlanQuestion> = {}): PlanQuestion => ({
  ...DEFAULT_QUESTION,
  ...{ eventsPerSecond: 58_000, eventBytes: 220, keys: 1e6, retentionDays: 30, freshnessMs: 2_000 },
  ...overrides,
});

const plan = (overrides: Partial<PlanQuestion> = {}) =>
  planFor(aQuestion(overrides), COEFFICIENTS, US_EAST_1);
const costOf = (overrides: Partial<PlanQuestion>, part: string): number =>
  plan(overrides).costs.find((cost) => cost.part === part)?.usdPerMonth ?? Number.NaN;

describe("how many keys a segment meets", () => {
  it.each([
    [1_000, 100, 0],
    [1_000, 5_000, 0.8],
    [20_000, 50_000, 1.1],
    [50_000, 200_000, 1.5],
  ])("is what %i draws of %i keys meet, by Zipf's %f", (events, keys, exponent) => {
    const random = createRandom("distinct", events, keys);
    const sample = weightedSampler(zipfWeights(keys, exponent));
    const rounds = Array.from(
      { length: 5 },
      () => new Set(Array.from({ length: events }, () => sample(random))).size,
    );
    const mean = rounds.reduce((sum, met) => sum + met, 0) / rounds.length;
    expect(Math.abs(expectedDistinct(events, keys, exponent) / mean - 1)).toBeLessThan(0.02);
  });
});

describe("a body's bytes", () => {
  const costs = { bodyBytesOfFirst: 40, bodyBytesOfMore: 10, bodyBytesOfMost: 2_500 };

  it("are of its groups, each at most as large as a dense one", () => {
    expect(bodyBytesOf(costs, 1, 1_000_000, 0)).toBeCloseTo(40);
    expect(bodyBytesOf(costs, 1_000_000, 10, 0)).toBeCloseTo(25_000);
    // ten groups with ten events each
    expect(bodyBytesOf(costs, 100, 10, 0)).toBeCloseTo(10 * (30 + 100), 0);
  });

  it("tell what an event more adds, where one was measured", () => {
    const { bodyBytesOfMore: _, ...known } = costs;
    for (const [events, keys, exponent] of [
      [500, 500, 1.1],
      [12_500, 900_000, 1.1],
      [3_000, 4_000, 0.5],
    ] as const) {
      const bytes = bodyBytesOf(costs, events, keys, exponent);
      expect(fitBytesOfMore(known, { bytes, events, keys, exponent })).toBeCloseTo(10, 3);
    }
  });
});

describe("a plan", () => {
  it("gives the stream of 1,000 records of 1 KB a second what AWS' prices make of it", () => {
    const load = { eventsPerSecond: 1_000, eventBytes: 1_000, peak: 1, freshnessMs: 4_000 };
    const { needs } = plan(load);
    expect(needs.sizes.shards).toBe(2);
    // 2 shards x 730 h x 0.015, and 50 PUT units a second
    expect(costOf(load, "stream")).toBeCloseTo(21.9 + 1.84, 1);
  });

  it("adds its parts up, and comes to dollars per billion events", () => {
    const { costs, usdPerMonth, atMostUsdPerMonth, usdPerBillionEvents } = plan();
    expect(costs.map(({ part }) => part)).toHaveLength(8);
    expect(costs.reduce((sum, cost) => sum + cost.usdPerMonth, 0)).toBeCloseTo(usdPerMonth);
    expect(atMostUsdPerMonth).toBeGreaterThan(usdPerMonth);
    expect(usdPerBillionEvents).toBeCloseTo(usdPerMonth / 152.4, 0);
  });

  it("never costs less for more", () => {
    for (const name of ["eventsPerSecond", "eventBytes", "keys", "retentionDays", "peak"] as const)
      expect(plan({ [name]: aQuestion()[name] * 4 }).usdPerMonth, name).toBeGreaterThanOrEqual(
        plan().usdPerMonth,
      );
  });

  it("reads by fan-out where polling is too slow, and says what no rate reaches", () => {
    expect(plan({ freshnessMs: 4_000 }).needs.reading).toBe("polling");
    expect(plan({ freshnessMs: 3_999 }).needs.reading).toBe("fan_out");
    const beyond = plan({ freshnessMs: 1_000 }).limits.filter(({ times }) => times < 1);
    expect(beyond.map(({ what }) => what)).toEqual([expect.stringContaining("fan-out shows an event")]);
  });

  it("counts writes as a worker makes them", () => {
    // a segment of a second, flushed each second: finished, open, tip and checkpoint, and what renews the lease
    expect(writeUnitsOf(1, 100_000, 1_000).steady).toBeCloseTo(4 + 0.3 + 0.8);
    expect(writeUnitsOf(10, 100_000, 1_000).deletions).toBe(10);
    // 1 KB lies in the record: a unit more of the finished one; of 2 KB the first half does.
    expect(writeUnitsOf(1, 1_000, 1_000).steady).toBeCloseTo(1 + 2 + 2 + 0.3 + 0.8);
    expect(writeUnitsOf(1, 2_000, 1_000).steady).toBeCloseTo(2 + 1 + 2 + 0.3 + 0.8);
  });

  it("lands by Firehose or by workers of ours", () => {
    expect(plan().needs.landingWorkers).toBe(0);
    // 58,000 events of 3 us at the peak are 0.26 vCPU, two workers the least
    expect(plan({ landing: "workers" }).needs.landingWorkers).toBe(2);
    expect(plan({ landing: "workers", eventsPerSecond: 2e6 }).needs.landingWorkers).toBe(8);
    expect(costOf({ landing: "workers" }, "landing")).toBeLessThan(costOf({}, "landing"));
  });

  it("feeds the stacks", () => {
    const { scale, needs } = plan({ logDays: 1.5, peak: 2 });
    expect(scale).toEqual({
      eventsPerSecond: 116_000,
      bytesPerEvent: 220,
      keys: 1_000_000,
      eventsPerRecord: 90,
      eventsPerVcpu: 25_000,
      retention: { stream: "36h", lake: "30d" },
    });
    expect(needs.sizes).toEqual(sizesFor(scale));
    expect(plan({ logDays: 7, retentionDays: 2 }).scale.retention).toEqual({ stream: "168h", lake: "7d" });
  });

  it("prices as many workers as the stacks make, more where this machine is slow", () => {
    const slow = { ...COEFFICIENTS, measured: { ...COEFFICIENTS.measured, speedUsPerEvent: 100 } };
    const { scale, needs } = planFor(aQuestion(), slow, US_EAST_1);
    // 58,000 events keep 5.8 processors busy and some for groups; 60 % of a vCPU is planned with
    expect(scale.eventsPerVcpu).toBeGreaterThan(5_000);
    expect(scale.eventsPerVcpu).toBeLessThan(6_000);
    expect(needs.sizes.worker.count).toBe(Math.ceil(87_000 / scale.eventsPerVcpu / 4));
    expect(plan().needs.sizes.worker.count).toBe(2);
  });

  it("needs more shards where records hold fewer events", () => {
    expect(plan().needs.sizes.shards).toBe(28);
    expect(plan({ eventsPerRecord: 1 }).needs.sizes.shards).toBe(125);
    expect(plan({ eventsPerRecord: 1 }).needs.putUnitsPerSecond).toBe(58_000);
    expect(costOf({ eventsPerRecord: 1 }, "stream")).toBeGreaterThan(4 * costOf({}, "stream"));
  });

  it("is sorted by the nearest limit, and says what to do there", () => {
    const { limits } = plan({ keys: 1e8 });
    expect(limits[0]).toMatchObject({ times: 0.01 });
    expect(limits.every(({ then }) => then !== "")).toBe(true);
  });
});

describe("bad input", () => {
  it.each([
    [{ eventsPerSecond: 0 }, /eventsPerSecond is 0: a plan is made for 1 to/],
    [{ keys: Number.NaN }, /keys is NaN/],
    [{ logDays: 30 }, /logDays is 30/],
    [
      { eventsPerRecord: 0 },
      /eventsPerRecord is 0: a record of the stream takes 1 to 4766 events of 220 bytes/,
    ],
    [{ eventsPerRecord: 5_000 }, /eventsPerRecord is 5000/],
  ])("is refused by name: %j", (overrides, message) => {
    expect(() => plan(overrides)).toThrow(message);
  });

  it("names the price that is missing, or is none", () => {
    const { kinesisShardHour: _, ...usd } = US_EAST_1.usd;
    expect(() => parsePrices({ ...US_EAST_1, usd })).toThrow("prices.usd: kinesisShardHour is missing");
    expect(() => parsePrices({ ...US_EAST_1, usd: { ...US_EAST_1.usd, s3GbMonth: -1 } })).toThrow(
      "s3GbMonth is -1, expected a number from 0",
    );
    expect(() => parsePrices({ ...US_EAST_1, asOf: undefined })).toThrow("asOf is missing");
    expect(parsePrices(JSON.parse(JSON.stringify(US_EAST_1)))).toEqual(US_EAST_1);
  });

  it("names the coefficient that is missing, or cannot be", () => {
    const { speedUsPerGroup: _, ...measured } = COEFFICIENTS.measured;
    expect(() => parseCoefficients({ ...COEFFICIENTS, measured })).toThrow("speedUsPerGroup is missing");
    const slow = { ...COEFFICIENTS.measured, landUsPerEvent: 5_000 };
    expect(() => parseCoefficients({ ...COEFFICIENTS, measured: slow })).toThrow("landUsPerEvent is 5000");
    expect(() => parseCoefficients({})).toThrow("expected format 1");
    expect(() => parseCoefficients([])).toThrow("expected a JSON object");
    expect(parseCoefficients(JSON.parse(JSON.stringify(COEFFICIENTS)))).toEqual(COEFFICIENTS);
  });
});
