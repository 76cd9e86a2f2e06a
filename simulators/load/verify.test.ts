import { describe, expect, it } from "vitest";
import type { KnownAnswers } from "../workloads/source.js";
import { compareAnswers, countsSince, type LineAnswers } from "./verify.js";

const PANE = Date.UTC(2026, 0, 5, 12);

const known = (overrides: Partial<KnownAnswers> = {}): KnownAnswers => ({
  ledger: { records: 110, events: 110, accepted: 100, duplicates: 8, rejected: { malformed: 2 } },
  ...{ beyondLive: 0, late: 0 },
  series: [{ metric: "views", key: { page: "/" }, points: [{ timeMs: PANE, values: { views: 40 } }] }],
  ...overrides,
});

const line = (accepted: number, views: number, more: Partial<LineAnswers["ledger"]> = {}): LineAnswers => ({
  ledger: {
    records: 0,
    events: 110,
    accepted,
    duplicates: 110 - accepted - 2,
    rejected: { malformed: 2 },
    ...more,
  },
  values: [new Map([[`${PANE} views`, views]])],
});
const NOTHING: LineAnswers = {
  ledger: { records: 0, events: 0, accepted: 0, duplicates: 0, rejected: {} },
  values: [new Map()],
};

describe("what a line counted", () => {
  it("is equal where it is what must come, in the books and in each pane", () => {
    expect(compareAnswers(known(), NOTHING, line(100, 40), 0)).toMatchObject({
      ...{ verdict: "equal", points: 1, differences: [] },
    });
  });

  it("is what came on top of what was there before", () => {
    const before = line(1_000, 500, { events: 1_000, duplicates: 0, rejected: { malformed: 7 } });
    const after = line(1_100, 540, { events: 1_110, duplicates: 8, rejected: { malformed: 9 } });
    expect(compareAnswers(known(), before, after, 0).verdict).toBe("equal");
    expect(countsSince(after.ledger, before.ledger).rejected).toEqual({ malformed: 2 });
  });

  it("is wrong where an event is missing, or one too many, and says where", () => {
    expect(compareAnswers(known(), NOTHING, line(99, 40), 0)).toMatchObject({
      verdict: "wrong",
      differences: ["accepted: 99, expected 100"],
    });
    const pane = compareAnswers(known(), NOTHING, line(100, 41), 0);
    expect(pane.verdict).toBe("wrong");
    expect(pane.differences[0]).toBe(
      'views of views {"page":"/"} at 2026-01-05T12:00:00.000Z: 41, expected 40',
    );
    expect(compareAnswers(known(), NOTHING, line(100, 39), 0).verdict).toBe("wrong");
  });

  it("may be above by copies that live cannot find, and by no more", () => {
    const far = known({ beyondLive: 3 });
    expect(compareAnswers(far, NOTHING, line(103, 42), 0).verdict).toBe("live duplicates");
    expect(compareAnswers(far, NOTHING, line(104, 40), 0).verdict).toBe("wrong");
    expect(compareAnswers(far, NOTHING, line(99, 40), 0).verdict).toBe("wrong");
  });

  it("is unknown where events failed: below by as many at most", () => {
    expect(compareAnswers(known(), NOTHING, line(95, 38), 5).verdict).toBe("unknown");
    expect(compareAnswers(known(), NOTHING, line(94, 38), 5).verdict).toBe("wrong");
    expect(compareAnswers(known(), NOTHING, line(101, 40), 5).verdict).toBe("wrong");
  });
});
