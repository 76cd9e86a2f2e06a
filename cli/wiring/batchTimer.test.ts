import { expect, it } from "vitest";
import { restAfter } from "./batchTimer.js";

it("rests three times as long as a run took, and never less than it was told", () => {
  expect(restAfter(30_000, 0)).toBe(30_000);
  expect(restAfter(30_000, 9_000)).toBe(30_000);
  expect(restAfter(30_000, 60_000)).toBe(180_000);
});
