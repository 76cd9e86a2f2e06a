import { createHash } from "node:crypto";
import { createEventReader, type Reason } from "@freshet/model";
import { describe, expect, it } from "vitest";
import { clicksApp } from "./app.js";
import { CLICK_BYTES_MAX } from "./clickWriter.js";
import { createClicks } from "./clicks.js";
import { DEFAULT_CLICKS } from "./options.js";

const PANE_MS = 60_000;

const take = (options: Parameters<typeof createClicks>[0], count: number) => {
  const stream = createClicks(options);
  const bytes = new Uint8Array(CLICK_BYTES_MAX);
  const events = Array.from({ length: count }, () => {
    const event = bytes.slice(0, stream.write(bytes, 0));
    return { event, arrivalMs: stream.arrivalMs };
  });
  return { events, answers: stream.answers() };
};

describe("the click stream", () => {
  it("is the same for the same seed, for ever", () => {
    const digest = (seed: number): string => {
      const hash = createHash("sha256");
      for (const { event } of take({ seed }, 10_000).events) hash.update(event);
      return hash.digest("hex").slice(0, 16);
    };
    expect([digest(1), digest(2)]).toEqual(["c8fe5da8013584cf", "70425ab4a33b68e0"]);
  });

  it("is read as its known answers say", () => {
    const shares = { view: 0.7, duplicate: 0.1, late: 0.05, odd: 0.1 };
    const { events, answers } = take({ seed: 3, shares, eventsPerSecond: 20_000 }, 100_000);
    const reader = createEventReader(clicksApp);
    const seen = new Set<string>();
    const panes = new Map<number, { views: number; dwellMs: number }>();
    const rejected: Partial<Record<Reason, number>> = {};
    let duplicates = 0;
    let late = 0;
    for (const { event, arrivalMs } of events) {
      const outcome = reader.read(event);
      if (outcome.kind === "rejected") {
        rejected[outcome.reason] = (rejected[outcome.reason] ?? 0) + 1;
        continue;
      }
      expect(outcome.timeMs).toBeLessThanOrEqual(arrivalMs);
      if (seen.has(outcome.id)) {
        duplicates++;
        continue;
      }
      seen.add(outcome.id);
      if (arrivalMs - outcome.timeMs > 300_000) late++;
      if (outcome.type !== "article_view") continue;
      const at = outcome.timeMs - (outcome.timeMs % PANE_MS);
      const pane = panes.get(at) ?? { views: 0, dwellMs: 0 };
      panes.set(at, pane);
      pane.views++;
      pane.dwellMs += Number(outcome.event["dwellMs"]);
    }
    expect(answers.ledger).toEqual({
      ...{ records: events.length, events: events.length },
      ...{ accepted: seen.size, duplicates, rejected },
    });
    expect(answers.late).toBe(late);
    expect([...answers.panes]).toEqual([...panes].sort(([a], [b]) => a - b));
    expect(Object.keys(rejected).sort()).toEqual(["malformed", "missing_field"]);
    expect(Math.min(duplicates, late, rejected.malformed ?? 0, rejected.missing_field ?? 0)).toBeGreaterThan(
      1_000,
    );
  });

  it("is as large and as mixed as its options say", () => {
    const count = 200_000;
    const { events, answers } = take({ seed: 5 }, count);
    const { ledger, late, panes } = answers;
    const bytes = events.reduce((sum, { event }) => sum + event.length, 0) / count;
    expect(bytes).toBeGreaterThan(218);
    expect(bytes).toBeLessThan(221);
    const views = [...panes.values()].reduce((sum, pane) => sum + pane.views, 0);
    const { shares } = DEFAULT_CLICKS;
    expect(views / ledger.accepted).toBeCloseTo(shares.view, 2);
    expect(late / count).toBeCloseTo(shares.late, 3);
    const bad = Object.values(ledger.rejected).reduce((sum, of) => sum + of, 0);
    expect((bad * 3) / 2 / count).toBeCloseTo(shares.odd, 3);
    // those of the last quarter of a second are still to come
    expect(ledger.duplicates / count).toBeGreaterThan(shares.duplicate * 0.7);
    expect(ledger.duplicates / count).toBeLessThan(shares.duplicate * 1.1);
  });

  it("refuses more of a kind than its fields hold", () => {
    expect(() => createClicks({ clusters: 91 })).toThrow(RangeError);
  });
});
