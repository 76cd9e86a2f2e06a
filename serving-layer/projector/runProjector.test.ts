import { durationMs, epochMs } from "@freshet/model";
import type { TrendDocuments } from "@freshet/storage";
import { expect, onTestFinished, test } from "vitest";
import type { StepReport } from "./createProjector.js";
import { runProjector } from "./runProjector.js";

const DAY_MS = 86_400_000;
const NEWEST_MS = 10 * 365 * DAY_MS;
const STEP: StepReport = {
  newestMs: epochMs(NEWEST_MS),
  written: 1,
  removed: 0,
  superseded: 0,
  refused: [],
  waiting: 0,
  failures: [],
};

const started = (steps: readonly Partial<StepReport>[]) => {
  const slept: number[] = [];
  const expired: number[] = [];
  const lettersExpired: number[] = [];
  const said: string[] = [];
  const behind: number[] = [];
  let step = 0;
  let nowMs = 100 * DAY_MS;
  let letters = 0;
  const store = {
    expire: async (endMs: number) => {
      expired.push(endMs);
    },
  } as unknown as TrendDocuments;
  const running = runProjector({
    projector: {
      async step() {
        const report = { ...STEP, ...steps[Math.min(step, steps.length - 1)] };
        step += 1;
        return report;
      },
    },
    letters: {
      async step() {
        letters += 1;
        return { written: 1, refused: 0, waiting: false };
      },
      expire: async (endMs) => {
        lettersExpired.push(endMs);
      },
    },
    stores: [store],
    logger: {
      info: (fields, message) => {
        if (message === "projecting") behind.push((fields as { readonly behindMs: number }).behindMs);
      },
      warn: (_fields, message) => said.push(message),
      error: (_fields, message) => said.push(message),
    },
    settings: { everyMs: 100, keepMs: durationMs(30 * DAY_MS) },
    now: () => nowMs,
    sleep: async (ms) => {
      slept.push(ms);
      nowMs += 30 * 60_000;
      await new Promise((resolve) => setImmediate(resolve));
    },
  });
  onTestFinished(() => running.stop());
  return { running, slept, expired, lettersExpired, said, behind, letters: () => letters };
};

test("is done when nothing waits, and what it asked for before does not count", async () => {
  const { running, slept } = started([{ waiting: 3 }, { waiting: 1 }, { waiting: 0 }]);
  const totals = await running.caughtUp();
  expect(totals.written).toBeGreaterThanOrEqual(3);
  expect(slept.slice(0, 2)).toEqual([0, 0]);
});

test("tries a store that fails again, ever later, while letters go on; who waits is told after some times", async () => {
  const failing = { waiting: 1, failures: [new Error("down")] };
  const { running, slept, said, letters } = started([failing]);
  await expect(running.caughtUp()).rejects.toThrow("down");
  expect(slept.slice(0, 4)).toEqual([200, 400, 800, 1_600]);
  expect(said[0]).toMatch(/trying again/);
  expect(letters()).toBeGreaterThanOrEqual(5);
});

test("logs what a store refuses, and counts it", async () => {
  const name = { place: { metric: "m", window: "1h", toMs: 0 as never }, definition: "d", id: "i" };
  const { running, said } = started([{ refused: [{ name, reason: "400" }] }, {}]);
  expect((await running.caughtUp()).refused).toBe(1);
  expect(said).toEqual([expect.stringMatching(/refuses a trend document/)]);
});

test("says each minute how long ago documents were as the answers, also while a store fails", async () => {
  const down = { failures: [new Error("down")] };
  const { running, behind } = started([{}, {}, down, down, down, {}]);
  await expect.poll(() => behind.length).toBeGreaterThan(6);
  await running.stop();
  // a step and its sleep last half an hour here
  expect(behind.slice(0, 6).map((ms) => ms / (30 * 60_000))).toEqual([0, 1, 2, 3, 0, 0]);
});

test("lets old windows go by the newest event, and old letters by the clock, once an hour", async () => {
  const { running, expired, lettersExpired } = started([{ newestMs: null }, {}]);
  for (let round = 0; round < 6; round++) await running.caughtUp();
  await running.stop();
  expect(new Set(expired)).toEqual(new Set([NEWEST_MS - 30 * DAY_MS]));
  expect(lettersExpired).toHaveLength(expired.length);
  expect(lettersExpired.length).toBeGreaterThan(1);
  for (const [at, endMs] of lettersExpired.entries())
    if (at > 0) expect(endMs - (lettersExpired[at - 1] ?? 0)).toBeGreaterThanOrEqual(3_600_000);
});
