import type { MetricSummary } from "../reader/reader.js";
import { expect, test } from "vitest";
import { aTop, createFakeReader } from "../testing/fakeReader.js";
import { eventually, useChromium } from "./testing/browser.js";
import { listen } from "./testing/site.js";

const chromium = useChromium();
const CHANGES_PER_SECOND = 60;
const SECONDS = Number(process.env["FRESHET_CHANGES_SECONDS"] ?? 15);
const ROWS = 20;
/** Of the counter: above every other page, and written in full. */
const FIRST = 10_000;
const LONGEST_TASK_MS_MAX = 200;

const visits: MetricSummary = {
  name: "visits",
  definition: "0",
  event: "visit",
  dimensions: [{ name: "page", type: "string" }],
  measures: [{ name: "views", kind: "count" }],
  pane: "1m",
  timeZone: "UTC",
  trend: null,
};

/** The change's number is the first page's views; the pages below it take turns. */
const rowsOf = (change: number) => [
  { key: { page: "counter" }, values: { views: FIRST + change }, score: null },
  ...Array.from({ length: ROWS - 1 }, (_, index) => ({
    key: { page: `page-${(index + change) % (ROWS + 5)}` },
    values: { views: 500 - index + (change % 7) },
    score: null,
  })),
];

/** In the page: each figure of the counter that was shown, and when; tasks that took long. */
const WATCH = `
  globalThis.seen = [];
  globalThis.tasks = [];
  new PerformanceObserver((list) => globalThis.tasks.push(...list.getEntries().map(({ duration }) => duration)))
    .observe({ type: "longtask" });
  new MutationObserver(() => {
    const shown = Number(document.querySelector(".row .figure").firstChild.textContent.replaceAll(",", ""));
    if (shown !== globalThis.seen.at(-1)?.[0]) globalThis.seen.push([shown, Date.now()]);
  }).observe(document.querySelector(".rows"), { subtree: true, childList: true, characterData: true });
`;

/** How long each change took to be seen: it is, once a figure is shown that is no older. */
const lagsOf = (sentMs: readonly number[], seen: readonly (readonly [number, number])[]): readonly number[] =>
  sentMs.map((ms, index) => {
    const shown = seen.find(([figure]) => figure >= FIRST + index + 1);
    return shown ? shown[1] - ms : Number.POSITIVE_INFINITY;
  });

test(`draws ${CHANGES_PER_SECOND} changes a second: none is missed, and no task keeps the page from answering`, async () => {
  const reader = createFakeReader();
  reader.change(aTop({ rows: rowsOf(0) }));
  const { url } = await listen(
    { ...reader, metrics: () => [visits] },
    { live: { answerEveryMs: 4, heartbeatEveryMs: 15_000 } },
  );
  const { page, errors } = await chromium.open(`${url}/?by=views`);
  await page.locator(".rows .row").first().waitFor();
  await page.waitForTimeout(1_000);
  await page.evaluate(WATCH);
  const sentMs: number[] = [];
  const startedMs = Date.now();
  for (let change = 1; change <= CHANGES_PER_SECOND * SECONDS; change++) {
    const dueMs = startedMs + (change * 1_000) / CHANGES_PER_SECOND;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueMs - Date.now())));
    sentMs.push(Date.now());
    reader.change(aTop({ rows: rowsOf(change) }));
  }
  const seenNow = () => page.evaluate<[number, number][]>("globalThis.seen");
  await eventually(async () => (await seenNow()).at(-1)?.[0] ?? 0, FIRST + sentMs.length);
  const seen = await seenNow();
  const tasks = await page.evaluate<number[]>("globalThis.tasks");
  const lags = lagsOf(sentMs, seen).toSorted((a, b) => a - b);
  const longestTaskMs = Math.max(0, ...tasks);
  console.info(
    JSON.stringify({
      bench: "dashboard changes",
      seconds: SECONDS,
      sent: sentMs.length,
      figuresShown: seen.length,
      lagMsP50: lags[Math.floor(lags.length / 2)],
      lagMsP99: lags[Math.floor(lags.length * 0.99)],
      lagMsMax: lags.at(-1),
      tasksOver50Ms: tasks.length,
      longestTaskMs,
    }),
  );
  const figures = seen.map(([figure]) => figure);
  expect(figures).toEqual(figures.toSorted((a, b) => a - b));
  expect(Number.isFinite(lags.at(-1))).toBe(true);
  expect(longestTaskMs).toBeLessThan(LONGEST_TASK_MS_MAX);
  expect(errors).toEqual([]);
});
