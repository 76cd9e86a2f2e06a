import { expect, test } from "vitest";
import { useChromium } from "./testing/browser.js";
import { drawChanges } from "./testing/drawChanges.js";

const chromium = useChromium();

// How long it takes is measured by changes.bench.ts.
test("draws 60 changes a second: none is missed, and nothing older follows", async () => {
  const { page, errors } = await chromium.open("about:blank");
  const { sent, figures, lagsMs } = await drawChanges(async () => page, { perSecond: 60, seconds: 10 });
  expect(figures).toEqual(figures.toSorted((a, b) => a - b));
  expect(figures.at(-1)).toBe(sent);
  expect(figures.length).toBeGreaterThan(20);
  expect(Number.isFinite(lagsMs.at(-1))).toBe(true);
  // the server goes at the end
  expect(errors.filter((error) => !error.includes("ERR_"))).toEqual([]);
});
