import { describe, expect, it } from "vitest";
import { createLedger } from "../counts.js";
import { whyNotHeld } from "../judge.js";
import type { LoadResult } from "../runLoad.js";
import { loadPage } from "./loadPage.js";
import type { LoadReport } from "./loadReport.js";

const LEDGER = { records: 100, events: 100, accepted: 100, duplicates: 0, rejected: {} };

const aRun = (overrides: Partial<LoadResult> = {}): LoadResult => {
  const ledger = createLedger();
  for (let second = 0; second < 4; second++) {
    ledger.sent(25, second * 1_000);
    ledger.settle({ kind: "stored" }, 25, 10 + second, second * 1_000 + 500);
  }
  ledger.sent(0, 5_000);
  return {
    ...{ workload: "<clicks>", target: 'HTTP "x"', startedAt: "2026-11-21T12:00:00.000Z" },
    ...{ durationMs: 4_000, warmUpMs: 0, settledMs: 4_100, countedMs: 4_500 },
    ...{ counts: ledger.counts(), acceptance: ledger.acceptance(), freshness: ledger.acceptance() },
    probes: { sent: 100, seen: 100 },
    correctness: { verdict: "equal", points: 3, expected: LEDGER, counted: LEDGER, differences: [] },
    ...{ failures: [], seconds: ledger.seconds(), freshSeconds: [{ second: 0, maxMs: 300, unseen: 0 }] },
    distributions: { acceptance: ledger.distribution(), freshness: ledger.distribution() },
    ...overrides,
  };
};

const aReport = (overrides: Partial<LoadReport> = {}): LoadReport => ({
  ...{ format: 1, mode: "hold", freshnessMsMax: 1_000, steps: [], highestPerSecond: null },
  machine: { node: "v20.19.0", cpu: "a processor", cores: 2 },
  runs: [aRun()],
  ...overrides,
});

describe("a load's page", () => {
  it("needs nothing else, and shows names as they are", () => {
    const page = loadPage(aReport());
    expect(page).not.toMatch(/<script|<link|src=|https?:\/\//);
    expect(page).toContain("&lt;clicks&gt;");
    expect(page).not.toContain("<clicks>");
    expect(page.match(/<svg /g)).toHaveLength(4);
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
  });

  it("shows a search's steps, and the highest that held", () => {
    const steps = [
      { perSecond: 100, held: true, because: null },
      { perSecond: 200, held: false, because: "too slow" },
    ];
    const page = loadPage(aReport({ mode: "search", steps, highestPerSecond: 100, runs: [aRun(), aRun()] }));
    expect(page).toContain("The highest rate that held: 100 events a second");
    expect(page).toContain("too slow");
    expect(page.match(/<svg /g)).toHaveLength(5);
    const none = loadPage(
      aReport({ mode: "search", steps: steps.slice(1), highestPerSecond: 0, runs: [aRun()] }),
    );
    expect(none).not.toMatch(/NaN|undefined|Infinity/);
  });
});

describe("whether a rate was held", () => {
  const held = { freshnessP99MsMax: 1_000 };
  const counts = aRun().counts;

  it.each([
    [{ counts: { ...counts, failed: 1 } }, /1 events failed/],
    [{ counts: { ...counts, behindMaxMs: 2_000 } }, /fell 2000 ms behind/],
    [{ settledMs: 9_000 }, /the last outcome came 5000 ms after the end/],
    [{ probes: { sent: 100, seen: 90 } }, /10 of 100 probes were never seen/],
    [{ freshness: { ...aRun().freshness, p99Ms: 1_200 } }, /freshness p99 1200 ms, over 1000/],
    [
      { correctness: { ...aRun().correctness, verdict: "wrong" as const, differences: ["accepted: 1"] } },
      /counted otherwise: accepted: 1/,
    ],
  ])("is no with %j", (overrides, message) => {
    expect(whyNotHeld(aRun(overrides), held)).toMatch(message);
  });

  it("is yes otherwise", () => {
    expect(whyNotHeld(aRun(), held)).toBeNull();
  });
});
