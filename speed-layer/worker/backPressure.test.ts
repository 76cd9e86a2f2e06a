import { describe, expect, it } from "vitest";
import { createBackPressure } from "./backPressure.js";

const AFTER_MS = 1_000;
const CLOSER_MS = 10_000;
const LOOK_MS = 250;
const HOLD_MS_MIN = 1_000;

/** Plays a log that takes and a fold that reads so many a millisecond. Returns the longest lag, the last one, and how often producers waited. */
const play = (options: {
  readonly taken: number;
  readonly folded: number;
  readonly backlogMs?: number;
  readonly forMs: number;
  readonly afterMs?: number | null;
  /** A long step of the fold: it looks once in so many. */
  readonly looksOnceIn?: number;
}) => {
  const { taken, folded, backlogMs = 0, forMs, afterMs = AFTER_MS, looksOnceIn = 1 } = options;
  const pressure = createBackPressure(afterMs);
  let heldUntilMs = 0;
  let waits = 0;
  let longestMs = 0;
  /** Runs of what was taken: when, and how much of it is still to be folded. */
  const waiting = Array.from({ length: backlogMs / LOOK_MS }, (_, index) => ({
    atMs: index * LOOK_MS - backlogMs,
    left: taken * LOOK_MS,
  }));
  let lagMs = 0;
  for (let nowMs = 0; nowMs < forMs; nowMs += LOOK_MS) {
    if (nowMs >= heldUntilMs) waiting.push({ atMs: nowMs, left: taken * LOOK_MS });
    let room = folded * LOOK_MS;
    for (let first = waiting[0]; first && room > 0; first = waiting[0]) {
      const done = Math.min(room, first.left);
      room -= done;
      first.left -= done;
      if (first.left === 0) waiting.shift();
    }
    lagMs = waiting[0] ? nowMs - waiting[0].atMs : 0;
    longestMs = Math.max(longestMs, lagMs);
    if ((nowMs / LOOK_MS) % looksOnceIn !== 0) continue;
    const holdMs = pressure.holdMs(lagMs, nowMs);
    if (holdMs === 0) continue;
    heldUntilMs = nowMs + holdMs;
    waits++;
  }
  return { longestMs, lagMs, waits };
};

describe("back-pressure", () => {
  it("bounds how far a fold falls behind that gets three times as much as it can do", () => {
    const overload = { taken: 3, folded: 1, forMs: 120_000 };
    expect(play(overload).longestMs).toBeLessThan(AFTER_MS + 4 * HOLD_MS_MIN);
    expect(play(overload).waits).toBeGreaterThan(10);
    expect(play({ ...overload, afterMs: null }).longestMs).toBeGreaterThan(60_000);
  });

  it("bounds it where the fold looks seldom, too: a hold outlasts the time between two looks", () => {
    const looksOnceIn = 12;
    const { longestMs, waits } = play({ taken: 1.6, folded: 1, forMs: 240_000, looksOnceIn });
    expect(longestMs).toBeLessThan(AFTER_MS + 4 * looksOnceIn * LOOK_MS);
    expect(waits).toBeGreaterThan(10);
  });

  it("leaves producers alone while the fold keeps up", () => {
    expect(play({ taken: 1, folded: 1.1, forMs: 60_000 }).waits).toBe(0);
  });

  it("leaves producers alone while the fold comes nearer, however far behind it began", () => {
    const caughtUp = play({ taken: 1, folded: 2, backlogMs: CLOSER_MS, forMs: 60_000 });
    expect(caughtUp).toMatchObject({ waits: 0, lagMs: 0 });
    expect(caughtUp.longestMs).toBeGreaterThan(AFTER_MS);
  });

  it("never asks where it is switched off", () => {
    const pressure = createBackPressure(null);
    for (let nowMs = 0; nowMs < 60_000; nowMs += 100) expect(pressure.holdMs(nowMs, nowMs)).toBe(0);
  });
});
