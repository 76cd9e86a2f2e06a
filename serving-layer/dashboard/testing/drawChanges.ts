import Fastify from "fastify";
import type { Page } from "playwright-core";
import { apiPlugin } from "../../api/plugin.js";
import type { MetricSummary } from "../../reader/metricSummary.js";
import { aTop, createFakeReader } from "../../testing/fakeReader.js";

const ROWS = 20;
/** Of the counter: above every other page, and written in full. */
const FIRST = 10_000;
const CALM_MS = 1_000;
const SHOWN_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 100;

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

export interface Drawn {
  readonly sent: number;
  /** Figures that were shown, in this order. */
  readonly figures: readonly number[];
  /** How long each change took to be seen, ascending: it is, once a figure is shown that is no older. */
  readonly lagsMs: readonly number[];
  /** Tasks over 50 ms, as the browser counts them. */
  readonly longTasksMs: readonly number[];
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Changes a list of the trends page so many times a second, and looks at what is shown of it. */
export const drawChanges = async (
  newPage: () => Promise<Page>,
  { perSecond, seconds }: { readonly perSecond: number; readonly seconds: number },
): Promise<Drawn> => {
  const reader = createFakeReader();
  reader.change(aTop({ rows: rowsOf(0) }));
  const app = Fastify({ forceCloseConnections: true });
  await app.register(
    apiPlugin(
      { ...reader, metrics: () => [visits] },
      { live: { answerEveryMs: 4, heartbeatEveryMs: 15_000 } },
    ),
  );
  const url = await app.listen({ port: 0, host: "127.0.0.1" });
  const page = await newPage();
  await page.goto(`${url}/?by=views`);
  await page.locator(".rows .row").first().waitFor();
  await pause(CALM_MS);
  await page.evaluate(WATCH);
  const sentMs: number[] = [];
  const startedMs = Date.now();
  for (let change = 1; change <= perSecond * seconds; change++) {
    await pause(Math.max(0, startedMs + (change * 1_000) / perSecond - Date.now()));
    sentMs.push(Date.now());
    reader.change(aTop({ rows: rowsOf(change) }));
  }
  let seen: readonly (readonly [number, number])[] = [];
  for (let waitedMs = 0; waitedMs < SHOWN_WITHIN_MS; waitedMs += LOOK_EVERY_MS) {
    seen = await page.evaluate<[number, number][]>("globalThis.seen");
    if (seen.at(-1)?.[0] === FIRST + sentMs.length) break;
    await pause(LOOK_EVERY_MS);
  }
  const longTasksMs = await page.evaluate<number[]>("globalThis.tasks");
  await app.close();
  const lagOf = (ms: number, change: number): number => {
    const shown = seen.find(([figure]) => figure >= FIRST + change);
    return shown ? shown[1] - ms : Number.POSITIVE_INFINITY;
  };
  return {
    sent: sentMs.length,
    figures: seen.map(([figure]) => figure - FIRST),
    lagsMs: sentMs.map((ms, index) => lagOf(ms, index + 1)).toSorted((a, b) => a - b),
    longTasksMs,
  };
};
