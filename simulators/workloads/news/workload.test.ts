import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { knownLedger } from "./knownAnswers.js";
import type { SimulatedEvent } from "./slots.js";
import { CATCH_UP_MAX_MS, newsWorkload } from "./workload.js";

const SEED = 20_261_121;
const NOW = Date.UTC(2026, 10, 20, 9, 30);
const DAY_MS = 86_400_000;
const workload = newsWorkload({ seed: SEED });

const identity = ({ event }: SimulatedEvent): string => `${event.type} ${event.id} ${event.time}`;
const isCopy = ({ kind }: SimulatedEvent): boolean => kind === "near_duplicate" || kind === "far_duplicate";
const ofKind = (events: readonly SimulatedEvent[], kind: SimulatedEvent["kind"]): readonly SimulatedEvent[] =>
  events.filter((event) => event.kind === kind);
const drain = (untilMs: number, stepMs: number, eventsPerSecond?: number): readonly SimulatedEvent[] => {
  const stream = workload.live(NOW, eventsPerSecond === undefined ? {} : { eventsPerSecond });
  const events: SimulatedEvent[] = [];
  for (let at = NOW + stepMs; at <= NOW + untilMs; at += stepMs) events.push(...stream.next(at));
  return events;
};

describe("the history of a news site", () => {
  const events = [...workload.history(14, NOW)];

  it("holds some 150,000 events of 14 days, in order of arrival", () => {
    expect(events.length).toBeGreaterThan(130_000);
    expect(events.length).toBeLessThan(170_000);
    const arrivals = events.map(({ arrivalMs }) => arrivalMs);
    expect(arrivals.every((at, index) => index === 0 || at >= (arrivals[index - 1] as number))).toBe(true);
    expect(arrivals[0]).toBeGreaterThanOrEqual(NOW - 14 * DAY_MS);
    expect(arrivals.at(-1)).toBeLessThan(NOW);
    for (let day = 1; day <= 14; day++) {
      const ofDay = events.filter(({ arrivalMs }) => Math.ceil((NOW - arrivalMs) / DAY_MS) === day);
      expect(ofDay.length).toBeGreaterThan(5_000);
    }
  });

  it("is the same for the same seed, and another for another", () => {
    const first = (seed: number) => [...newsWorkload({ seed }).history(0.1, NOW)];
    expect(first(SEED)).toEqual(first(SEED));
    expect(first(SEED + 1)).not.toEqual(first(SEED));
  });

  it("holds the same first arrivals as another history where they overlap", () => {
    const endMs = NOW - 7 * DAY_MS + 12_345;
    const firsts = (of: Iterable<SimulatedEvent>) =>
      [...of].filter(
        (event) => !isCopy(event) && event.arrivalMs >= NOW - 9 * DAY_MS && event.arrivalMs < endMs,
      );
    const other = firsts(workload.history(3, endMs));
    expect(other.length).toBeGreaterThan(10_000);
    expect(isDeepStrictEqual(other, firsts(events))).toBe(true);
  });

  it("repeats an identity only in copies that are named as such, and equal", () => {
    const firsts = new Map<string, SimulatedEvent>();
    const faults: SimulatedEvent[] = [];
    for (const event of events) {
      const first = firsts.get(identity(event));
      if (!first) {
        firsts.set(identity(event), event);
        if (isCopy(event)) faults.push(event);
        continue;
      }
      const kind = event.arrivalMs - first.arrivalMs > 120_000 ? "far_duplicate" : "near_duplicate";
      if (event.kind !== kind || !isDeepStrictEqual(first.event, event.event)) faults.push(event);
    }
    expect(faults).toEqual([]);
    expect(events.length - firsts.size).toBeGreaterThan(500);
  });

  it("has its small shares of what goes wrong", () => {
    const share = (kind: SimulatedEvent["kind"]): number => ofKind(events, kind).length / events.length;
    expect(share("late")).toBeCloseTo(0.01, 2);
    expect(share("near_duplicate")).toBeCloseTo(0.005, 3);
    expect(share("far_duplicate")).toBeCloseTo(0.001, 3);
    expect(share("bad")).toBeCloseTo(0.002, 3);
    const delaysMs = (kind: SimulatedEvent["kind"]) =>
      ofKind(events, kind).map(({ arrivalMs, event }) => arrivalMs - Date.parse(event.time));
    expect(Math.min(...delaysMs("late"))).toBeGreaterThan(29_000);
    expect(delaysMs("view").every((delayMs) => delayMs >= 0 && delayMs < 1_000)).toBe(true);
  });

  it("knows its ledger", () => {
    const { events: total, accepted, duplicates, rejected } = knownLedger(events);
    expect(total).toBe(events.length);
    expect(accepted).toBe(new Set([...ofKind(events, "view"), ...ofKind(events, "late")].map(identity)).size);
    expect(Object.keys(rejected).sort()).toEqual([
      "missing_field",
      "out_of_range",
      "time_out_of_bounds",
      "unknown_type",
      "wrong_type",
    ]);
    const bad = Object.values(rejected).reduce((sum, count) => sum + count, 0);
    expect(accepted + duplicates + bad).toBe(total);
  });

  it("follows Zipf: a few articles are read by most, most by a few", () => {
    const views = new Map<string, number>();
    for (const { event } of events)
      views.set(String(event["article"]), (views.get(String(event["article"])) ?? 0) + 1);
    const counts = [...views.values()].sort((a, b) => b - a);
    expect(counts.length).toBeGreaterThan(100);
    expect(counts.slice(0, 10).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(events.length / 4);
  });

  it("has readers in one cluster each", () => {
    const clusters = new Map<unknown, unknown>();
    for (const { event } of events) clusters.set(event["user"], event["cluster"]);
    expect(events.filter(({ event }) => clusters.get(event["user"]) !== event["cluster"])).toEqual([]);
    expect(clusters.size).toBeGreaterThan(1_000);
  });
});

describe("the live stream of a news site", () => {
  it("is the same however often it is asked", () => {
    const whole = drain(60 * CATCH_UP_MAX_MS, 100);
    expect(whole.length).toBeGreaterThan(100);
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: CATCH_UP_MAX_MS - 100 }), { minLength: 30, maxLength: 60 }),
        (steps) => {
          const stream = workload.live(NOW);
          let at = NOW;
          const got = steps.flatMap((step) => stream.next((at += step)));
          expect(got).toEqual(
            whole.filter(({ arrivalMs }) => arrivalMs < at - ((at - NOW) % 100)).slice(0, got.length),
          );
          return got.every(({ arrivalMs }) => arrivalMs < at);
        },
      ),
      { seed: SEED, numRuns: 20 },
    );
  });

  it("has one article read by far the most within a minute", () => {
    const views = new Map<unknown, Set<unknown>>();
    for (const { event } of drain(60_000, 1_000)) {
      views.set(event["article"], (views.get(event["article"]) ?? new Set()).add(event["user"]));
    }
    const readers = [...views.values()].map((users) => users.size).sort((a, b) => b - a);
    expect(readers[0]).toBeGreaterThan(60);
    expect(readers[1] ?? 0).toBeLessThan(20);
  });

  it("has one story after another", () => {
    const events = drain(600_000, 1_000);
    const tops = Array.from({ length: 5 }, (_, index) => {
      const views = new Map<unknown, number>();
      for (const { event, arrivalMs } of events) {
        if (Math.floor((arrivalMs - NOW) / 120_000) !== index) continue;
        views.set(event["article"], (views.get(event["article"]) ?? 0) + 1);
      }
      return [...views].sort((a, b) => b[1] - a[1])[0]?.[0];
    });
    expect(new Set(tops).size).toBeGreaterThanOrEqual(4);
  });

  it("keeps to the rate that is asked for", () => {
    const events = drain(30_000, 250, 2_000);
    expect(events.length / 30).toBeGreaterThan(1_950);
    expect(events.length / 30).toBeLessThan(2_080);
    expect(new Set(ofKind(events, "view").map(identity)).size).toBe(ofKind(events, "view").length);
  });

  it("goes on at now after a long pause", () => {
    const stream = workload.live(NOW, { eventsPerSecond: 100 });
    stream.next(NOW + 1_000);
    const events = stream.next(NOW + DAY_MS);
    expect(events.length).toBeLessThan(1_000);
    expect(events.length).toBeGreaterThan(300);
  });

  it("shares no identity with the history", () => {
    const before = new Set([...workload.history(0.02, NOW)].map(identity));
    expect(drain(60_000, 1_000).filter((event) => before.has(identity(event)))).toEqual([]);
  });
});
