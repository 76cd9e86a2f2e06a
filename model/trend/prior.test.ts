import { describe, expect, it } from "vitest";
import { type GroupPrior, EMPTY_BASELINE, type KeyBaseline } from "./baseline.js";
import { expectationOf } from "./expectation.js";
import { type GroupMember, groupPrior, UNKNOWN_PRIOR } from "./prior.js";
import { trendScore } from "./score.js";
import { SLOTS } from "./slot.js";
import { windowCounts } from "./windowCounts.js";

const WEEKS = 2;
const history = windowCounts(new Array<number>(SLOTS).fill(WEEKS));
const never = windowCounts(new Array<number>(SLOTS).fill(0));
const NEW: GroupMember = { baseline: EMPTY_BASELINE, counts: never };

/** Numbers of [0, 1) that follow from the seed. */
const unitsFrom = (seed: number) => {
  let state = seed;
  return (): number => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
};

const poisson = (mean: number, unit: () => number): number => {
  let count = 0;
  for (let product = unit(); product > Math.exp(-mean); product *= unit()) count++;
  return count;
};

const baselineOf = (xs: readonly number[]): KeyBaseline => {
  const slots = Array.from({ length: SLOTS }, (_, slot) => slot);
  const weeksOf = (slot: number): number[] => [xs[slot] ?? 0, xs[slot + SLOTS] ?? 0];
  const active = slots.filter((slot) => weeksOf(slot).some((x) => x > 0));
  return {
    slots: active,
    s: active.map((slot) => weeksOf(slot).reduce((sum, x) => sum + x, 0)),
    q: active.map((slot) => weeksOf(slot).reduce((sum, x) => sum + x * x, 0)),
  };
};

/** Articles of a news site, hour by hour: a few are read much, most hardly; every fifth one broke once. */
const articles = (count: number): GroupMember[] => {
  const unit = unitsFrom(7);
  return Array.from({ length: count }, (_, rank) => {
    const rate = 20 / (rank + 1) ** 0.9;
    const brokeAt = rank % 5 === 2 ? 30 + rank : Number.POSITIVE_INFINITY;
    const xs = Array.from({ length: WEEKS * SLOTS }, (_hour, hour) => {
      const burst = hour >= brokeAt && hour < brokeAt + 3 ? 300 : 0;
      return poisson(rate, unit) + burst;
    });
    return { baseline: baselineOf(xs), counts: history };
  });
};

const scoreOf = (count: number, { baseline, counts }: GroupMember, prior: GroupPrior): number =>
  trendScore([{ count, elapsed: 1, expectation: expectationOf(baseline, counts, prior, 40) }]);

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] as number;

describe("groupPrior", () => {
  const group = articles(120);
  const prior = groupPrior(group);

  it("lets a new key trend as a known one does, and no quiet key above either", () => {
    const known = median(group.map((member) => scoreOf(371, member, prior)));
    const fresh = scoreOf(371, NEW, prior);
    expect(Math.max(known, fresh) / Math.min(known, fresh)).toBeLessThan(1.5);
    for (const count of [1, 2, 3]) {
      for (const member of [...group, NEW])
        expect(scoreOf(count, member, prior)).toBeLessThan(Math.min(known, fresh) / 4);
    }
  });

  it("tells how far the keys are apart from how one of them varies", () => {
    expect(prior.spread).toBeGreaterThan(10);
    expect(prior.alpha).toBeLessThan(0.3);
    const unlike = scoreOf(371, NEW, { ...prior, alpha: prior.spread });
    expect(scoreOf(371, NEW, prior)).toBeGreaterThan(5 * unlike);
  });

  it("is the same in any order of the keys", () => {
    expect(groupPrior(group.toReversed())).toEqual(prior);
  });

  it("guesses how a key varies where few were seen to", () => {
    expect(groupPrior([])).toEqual(UNKNOWN_PRIOR);
    expect(groupPrior([NEW, NEW])).toEqual(UNKNOWN_PRIOR);
    expect(groupPrior(group.slice(0, 4)).alpha).toBe(UNKNOWN_PRIOR.alpha);
    expect(groupPrior(group.slice(0, 5)).alpha).not.toBe(UNKNOWN_PRIOR.alpha);
    const quiet = { baseline: { slots: [3], s: [9], q: [81] }, counts: history };
    expect(groupPrior(new Array<GroupMember>(50).fill(quiet)).alpha).toBe(UNKNOWN_PRIOR.alpha);
  });

  it("measures a large group on some of its keys, first to last", () => {
    const bursty: GroupMember = { baseline: { slots: [3], s: [100], q: [10_000] }, counts: history };
    const steady: GroupMember = {
      baseline: baselineOf(new Array<number>(WEEKS * SLOTS).fill(1)),
      counts: history,
    };
    const half = (first: GroupMember, second: GroupMember) => [
      ...new Array<GroupMember>(1_100).fill(first),
      ...new Array<GroupMember>(900).fill(second),
    ];
    const mostlySteady = groupPrior(half(steady, bursty)).alpha;
    expect(mostlySteady).toBe(0.02);
    expect(groupPrior(half(bursty, steady)).alpha).toBeGreaterThan(1);
    expect(groupPrior(half(bursty, steady).toReversed()).alpha).toBeGreaterThan(1);
  });
});
