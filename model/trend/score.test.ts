import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addAll } from "../measure/measure.contract.js";
import { measureFor } from "../measure/measureFor.js";
import { type KeyBaseline, withWindow, EMPTY_BASELINE } from "./baseline.js";
import { expectationOf } from "./expectation.js";
import { groupPrior, UNKNOWN_PRIOR } from "./prior.js";
import { trendScore, windowScore } from "./score.js";
import { SLOTS } from "./slot.js";
import { windowCounts } from "./windowCounts.js";

const COUNT_MAX = 2 ** 53;
const reading = (overrides: Partial<Parameters<typeof windowScore>[0]> = {}) => ({
  count: 10,
  elapsed: 1,
  expectation: { lambda: 10, alpha: 0.1 },
  ...overrides,
});
const someWeeks = windowCounts(new Array<number>(SLOTS).fill(5));

const counts = fc.oneof(fc.nat(100), fc.maxSafeNat(), fc.double({ min: 0, max: COUNT_MAX, noNaN: true }));
const slots = fc.uniqueArray(fc.nat(SLOTS - 1), { maxLength: SLOTS, size: "max" });
const sums = fc.oneof(fc.nat(50), fc.double({ min: 0, max: 2 ** 106, noNaN: true }));
const baselines: fc.Arbitrary<KeyBaseline> = slots.chain((found) =>
  fc.record({
    slots: fc.constant(found.toSorted((a, b) => a - b)),
    s: fc.array(sums, { minLength: found.length, maxLength: found.length }),
    q: fc.array(sums, { minLength: found.length, maxLength: found.length }),
  }),
);
const histories = fc
  .array(fc.oneof(fc.constant(0), fc.nat(3), fc.nat(100_000)), { minLength: SLOTS, maxLength: SLOTS })
  .map((perSlot) => windowCounts(perSlot));
const fractions = fc.double({ min: 0, max: 1, noNaN: true });

describe("windowScore", () => {
  it("is the formula", () => {
    const [c, l, a] = [30, 10, 0.1];
    const deviance = 2 * (c * Math.log(c / l) - (c + 1 / a) * Math.log((c + 1 / a) / (l + 1 / a)));
    expect(windowScore(reading({ count: c }))).toBeCloseTo(Math.sqrt(deviance), 12);
    expect(windowScore(reading({ count: 0 }))).toBeCloseTo(-Math.sqrt((2 / a) * Math.log(1 + a * l)), 12);
  });

  it("is zero where the count is what was expected, and rises with the count", () => {
    expect(windowScore(reading())).toBe(0);
    const rising = [0, 1, 5, 9, 9.999999, 10, 10.000001, 11, 50, 1e6, COUNT_MAX];
    const scores = rising.map((count) => windowScore(reading({ count })));
    expect(scores).toEqual(scores.toSorted((a, b) => a - b));
    expect(new Set(scores).size).toBe(scores.length);
  });

  it("says less of a burst of a key that bursts often", () => {
    const scoreAt = (alpha: number): number =>
      windowScore(reading({ count: 40, expectation: { lambda: 10, alpha } }));
    expect(scoreAt(0.02)).toBeGreaterThan(scoreAt(0.2));
    expect(scoreAt(0.2)).toBeGreaterThan(scoreAt(2));
  });

  it("expects of part of a window that part, but never less than the floor", () => {
    const half = windowScore(reading({ count: 5, elapsed: 0.5 }));
    expect(half).toBe(0);
    const none = windowScore(reading({ count: 1, elapsed: 0 }));
    expect(none).toBe(windowScore(reading({ count: 1, expectation: { lambda: 0.05, alpha: 0.1 } })));
  });
});

describe("trendScore", () => {
  it("is finite whatever the counts and the history", () => {
    const members = fc.array(fc.record({ baseline: baselines, counts: histories }), { maxLength: 3 });
    fc.assert(
      fc.property(baselines, histories, members, counts, counts, fractions, fc.nat(SLOTS - 1), (...given) => {
        const [baseline, history, group, quarter, hour, elapsed, slot] = given;
        for (const prior of [groupPrior(group), UNKNOWN_PRIOR]) {
          const expectation = expectationOf(baseline, history, prior, slot);
          const score = trendScore([
            { count: quarter, elapsed, expectation },
            { count: hour, elapsed: 1, expectation },
          ]);
          expect(Number.isFinite(score)).toBe(true);
        }
      }),
      { seed: 7, numRuns: 300 },
    );
  });

  it("is the mean of its windows", () => {
    const [quarter, hour] = [
      reading({ count: 12 }),
      reading({ count: 90, expectation: { lambda: 40, alpha: 0.3 } }),
    ];
    expect(trendScore([quarter, hour])).toBeCloseTo((windowScore(quarter) + windowScore(hour)) / 2, 15);
  });

  it("is the same for any split of the events into layers, shards and orders", () => {
    const event = fc.record({ part: fc.nat(4), user: fc.nat(30) });
    const windows = fc.array(fc.record({ slot: fc.nat(SLOTS - 1), x: fc.nat(20) }), { maxLength: 60 });
    const actors = measureFor({ kind: "countDistinct", lgK: 12 });
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 200, size: "max" }),
        windows,
        fc.nat(SLOTS - 1),
        (events, history, slot) => {
          const scoreOf = (state: unknown, order: readonly { slot: number; x: number }[]): number => {
            let baseline = EMPTY_BASELINE;
            for (const window of order) baseline = withWindow(baseline, window.slot, window.x);
            const prior = groupPrior([{ baseline, counts: someWeeks }]);
            const expectation = expectationOf(baseline, someWeeks, prior, slot);
            return trendScore([{ count: actors.rank(state), elapsed: 1, expectation }]);
          };
          const users = (part: number): number[] => events.filter((e) => e.part === part).map((e) => e.user);
          const parts = [3, 0, 4, 2, 1].map((part) => addAll(actors, users(part)));
          const merged = parts.reduce((into, from) => actors.merge(into, from), actors.zero());
          const once = addAll(
            actors,
            events.map(({ user }) => user),
          );
          expect(scoreOf(merged, history.toReversed())).toBe(scoreOf(once, history));
        },
      ),
      { seed: 8, numRuns: 200 },
    );
  });
});

describe("expectationOf", () => {
  const hourly = (x: number): KeyBaseline => ({
    slots: Array.from({ length: SLOTS }, (_, slot) => slot),
    s: new Array<number>(SLOTS).fill(5 * x),
    q: new Array<number>(SLOTS).fill(5 * x * x),
  });

  it("is the group's for a key that was never seen", () => {
    const never = windowCounts(new Array<number>(SLOTS).fill(0));
    const expectation = expectationOf(EMPTY_BASELINE, never, { mean: 3, spread: 40, alpha: 1.5 }, 7);
    expect(expectation.lambda).toBeCloseTo(3, 12);
    expect(expectation.alpha).toBeCloseTo(1.5, 12);
  });

  it("is the key's own once there is much history, whatever the group", () => {
    for (const prior of [
      { mean: 0, spread: 10, alpha: 10 },
      { mean: 900, spread: 0.02, alpha: 0.02 },
    ]) {
      const { lambda, alpha } = expectationOf(hourly(40), someWeeks, prior, 30);
      expect(Math.abs(lambda - 40)).toBeLessThan(1);
      expect(alpha).toBeLessThan(0.03);
    }
  });

  it("leans on the group the more, the more alike its keys are", () => {
    const oneDay = windowCounts(new Array<number>(SLOTS).fill(0).fill(1, 0, 24));
    const day: KeyBaseline = { slots: [0], s: [24], q: [576] };
    const alike = expectationOf(day, oneDay, { mean: 0.1, spread: 0.02, alpha: 0.1 }, 5).lambda;
    const unlike = expectationOf(day, oneDay, { mean: 0.1, spread: 500, alpha: 0.1 }, 5).lambda;
    expect(Math.abs(alike - 0.1)).toBeLessThan(Math.abs(unlike - 0.1));
  });
});
