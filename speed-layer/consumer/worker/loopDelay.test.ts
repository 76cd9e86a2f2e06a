import { expect, it } from "vitest";
import { watchLoop } from "./loopDelay.js";

it("C20: says for how long the event loop let due work wait, at the worst and of a hundred at the most", () => {
  let nowMs = 0;
  let due: (() => void) | null = null;
  const watch = watchLoop({
    epochMs: () => nowMs,
    elapsedMs: () => nowMs,
    after: (_, callback) => {
      due = callback;
      return () => {
        due = null;
      };
    },
  });
  expect(watch.read()).toEqual({ p99Ms: 0, maxMs: 0 });
  const passes = (delayMs: number): void => {
    nowMs += 20 + delayMs;
    due?.();
  };
  for (let n = 0; n < 500; n++) passes(n % 2);
  expect(watch.read()).toEqual({ p99Ms: 1, maxMs: 1 });
  passes(89);
  expect(watch.read()).toEqual({ p99Ms: 1, maxMs: 89 });
  for (let n = 0; n < 10; n++) passes(70);
  expect(watch.read()).toEqual({ p99Ms: 70, maxMs: 89 });
  for (let n = 0; n < 3_000; n++) passes(0);
  expect(watch.read()).toEqual({ p99Ms: 0, maxMs: 0 });
  watch.stop();
  expect(due).toBeNull();
});
