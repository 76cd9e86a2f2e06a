import { createHash } from "node:crypto";
import { createEventReader, type Reason } from "@freshet/model";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clicksApp } from "../clicks/app.js";
import type { EventSource } from "../source.js";
import { createGenerated } from "./generatedSource.js";
import { DEFAULT_GENERATED, type GeneratedOptions, HOT_KEY } from "./options.js";

const FROM_MS = Date.UTC(2026, 0, 5, 12, 0, 50);
const PANE_MS = 60_000;

const options = (overrides: Partial<GeneratedOptions> = {}): GeneratedOptions => ({
  ...DEFAULT_GENERATED,
  fromMs: FROM_MS,
  durationMs: 60_000,
  rate: { kind: "steady", perSecond: 500 },
  ...overrides,
});

interface Sent {
  readonly event: Uint8Array;
  readonly dueMs: number;
  readonly partitionKey: string | null;
}

const take = (source: EventSource): readonly Sent[] => {
  const sent: Sent[] = [];
  while (source.dueMs < Number.POSITIVE_INFINITY) {
    const { dueMs } = source;
    const bytes = new Uint8Array(source.eventBytesMax);
    const event = bytes.subarray(0, source.write(bytes, 0));
    sent.push({ event, dueMs, partitionKey: source.partitionKey });
  }
  return sent;
};

/** Counts again from the bytes alone, with JSON.parse, a Set and Maps. */
const countPlainly = (sent: readonly Sent[]) => {
  const reader = createEventReader(clicksApp);
  const seen = new Map<string, Sent>();
  const views = new Map<string, { views: number; dwellMs: number }>();
  const rejected: Partial<Record<Reason, number>> = {};
  const apart: { readonly ms: number; readonly sameKey: boolean }[] = [];
  const lateMs: number[] = [];
  for (const one of sent) {
    const outcome = reader.read(one.event);
    if (outcome.kind === "rejected") {
      rejected[outcome.reason] = (rejected[outcome.reason] ?? 0) + 1;
      continue;
    }
    const identity = `${outcome.type} ${outcome.id} ${outcome.timeMs}`;
    const first = seen.get(identity);
    if (first) {
      apart.push({ ms: one.dueMs - first.dueMs, sameKey: one.partitionKey === first.partitionKey });
      continue;
    }
    seen.set(identity, one);
    lateMs.push(FROM_MS + one.dueMs - outcome.timeMs);
    if (outcome.type !== "article_view") continue;
    const { article, cluster, dwellMs } = outcome.event as Record<string, string>;
    const key = `${article} ${cluster} ${outcome.timeMs - (outcome.timeMs % PANE_MS)}`;
    const pane = views.get(key) ?? { views: 0, dwellMs: 0 };
    views.set(key, { views: pane.views + 1, dwellMs: pane.dwellMs + Number(dwellMs) });
  }
  return { accepted: seen.size, rejected, apart, lateMs, views };
};

const share = fc.integer({ min: 0, max: 15 }).map((percent) => percent / 100);
const anyOptions = fc
  .record({
    seed: fc.integer(),
    articles: fc.integer({ min: 1, max: 5_000 }),
    zipfExponent: fc.double({ min: 0, max: 2, noNaN: true }),
    clusters: fc.integer({ min: 1, max: 16 }),
    shares: fc.record({
      view: fc.double({ min: 0.3, max: 1, noNaN: true }),
      ...{
        late: share,
        nearDuplicate: share,
        farDuplicate: share,
        shardDuplicate: share,
        bad: share,
        hot: share,
      },
    }),
    rate: fc.constantFrom<GeneratedOptions["rate"]>(
      { kind: "steady", perSecond: 400 },
      { kind: "steps", perSecond: [100, 900], stepMs: 7_000 },
      { kind: "diurnal", perSecond: 400, dayMs: 20_000 },
      { kind: "bursts", perSecond: 200, factor: 10, periodMs: 15_000 },
    ),
  })
  .map((knobs) => options({ ...knobs, farMs: [25_000, 40_000] }));

describe("a generated stream", () => {
  it("is the same for the same seed, for ever", () => {
    const digest = (seed: number): string => {
      const hash = createHash("sha256");
      for (const { event } of take(createGenerated(options({ seed })))) hash.update(event);
      return hash.digest("hex").slice(0, 16);
    };
    expect([digest(1), digest(2)]).toEqual(["1317ed56c7612be7", "17e175cd3a681b99"]);
  });

  it("is counted plainly as its known answers say, whatever the knobs", () => {
    const met = { duplicates: 0, beyondLive: 0, late: 0, rejected: 0, points: 0 };
    fc.assert(
      fc.property(anyOptions, (chosen) => {
        const source = createGenerated(chosen);
        const sent = take(source);
        const { ledger, beyondLive, late, series } = source.answers();
        const plain = countPlainly(sent);
        expect(ledger).toEqual({
          ...{ records: sent.length, events: sent.length, accepted: plain.accepted },
          ...{ duplicates: plain.apart.length, rejected: plain.rejected },
        });
        expect(beyondLive).toBe(plain.apart.filter(({ ms, sameKey }) => ms >= 25_000 || !sameKey).length);
        expect(late).toBe(plain.lateMs.filter((ms) => ms > 60_000).length);
        for (const { key, points } of series)
          for (const { timeMs, values } of points) {
            met.points++;
            expect(values).toEqual(plain.views.get(`${key["article"]} ${key["cluster"]} ${timeMs}`));
          }
        met.duplicates += plain.apart.length;
        met.beyondLive += beyondLive;
        met.late += late;
        met.rejected += Object.values(plain.rejected).reduce((sum, count) => sum + count, 0);
      }),
      { numRuns: 12 },
    );
    for (const [what, count] of Object.entries(met)) expect(count, what).toBeGreaterThan(500);
  });

  it("is late by Pareto's law, and no later than its bound", () => {
    const lateTail = { leastMs: 60_000, exponent: 1, mostMs: 3_600_000 };
    const { lateMs } = countPlainly(
      take(createGenerated(options({ lateTail, shares: { ...DEFAULT_GENERATED.shares, late: 0.5 } }))),
    );
    const late = lateMs.filter((ms) => ms > 30_000);
    const beyond = (ms: number): number => late.filter((one) => one > ms).length / late.length;
    expect(late.length).toBeGreaterThan(10_000);
    expect(beyond(120_000)).toBeCloseTo(1 / 2, 1);
    expect(beyond(600_000)).toBeCloseTo(1 / 10, 1);
    expect(beyond(3_601_000)).toBe(0);
  });

  it("spreads its producers' clocks as far as it is told to", () => {
    const clocks = { producers: 200, skewMaxMs: 60_000 };
    const shares = { ...DEFAULT_GENERATED.shares, late: 0 };
    const { lateMs } = countPlainly(take(createGenerated(options({ clocks, shares }))));
    expect(Math.min(...lateMs)).toBeLessThan(-50_000);
    expect(Math.min(...lateMs)).toBeGreaterThanOrEqual(-60_000);
    expect(Math.max(...lateMs)).toBeGreaterThan(50_000);
    expect(Math.max(...lateMs)).toBeLessThanOrEqual(60_001);
  });

  it("gives one partition key to the share that is hot", () => {
    const shares = { ...DEFAULT_GENERATED.shares, hot: 0.25 };
    const sent = take(createGenerated(options({ shares })));
    const hot = sent.filter(({ partitionKey }) => partitionKey === HOT_KEY).length;
    expect(hot / sent.length).toBeCloseTo(0.25, 1);
  });

  it("is as skewed and has as many keys as it is told to", () => {
    const most = (zipfExponent: number): number => {
      const { views } = countPlainly(
        take(createGenerated(options({ zipfExponent, articles: 50, clusters: 1 }))),
      );
      const byKey = new Map<string, number>();
      for (const [key, pane] of views) {
        const article = key.split(" ")[0] as string;
        byKey.set(article, (byKey.get(article) ?? 0) + pane.views);
      }
      expect(byKey.size).toBe(50);
      return Math.max(...byKey.values()) / [...byKey.values()].reduce((sum, count) => sum + count, 0);
    };
    expect(most(0)).toBeLessThan(0.03);
    expect(most(2)).toBeGreaterThan(0.5);
  });

  it.each([
    [{ shares: { ...DEFAULT_GENERATED.shares, bad: -0.1 } }, /bad: expected a share from 0 to 1/],
    [{ shares: { ...DEFAULT_GENERATED.shares, bad: 0.6, late: 0.6 } }, /add up to/],
    [{ lateTail: { ...DEFAULT_GENERATED.lateTail, mostMs: 40 * 86_400_000 } }, /lateTail/],
    [{ clocks: { producers: 1, skewMaxMs: 3_600_000 } }, /clocks/],
  ])("refuses %j", (overrides, message) => {
    expect(() => createGenerated(options(overrides))).toThrow(message);
  });
});
