import { readFile } from "node:fs/promises";
import { count, countDistinct, defineApp, event, metric, quantiles, type ShardId, t } from "@freshet/model";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { pageKey } from "../testing/visits.js";
import { openWorld } from "../testing/world.js";
import {
  eventually,
  expectNoSideScroll,
  parameterOf,
  PHONE,
  seriousFindings,
  useChromium,
} from "./testing/browser.js";
import { listen, openSite } from "./testing/site.js";

const chromium = useChromium();
const MINUTE_MS = 60_000;
const BOTH = `key=${encodeURIComponent('{"page":"alpha"}')}&key=${encodeURIComponent('{"page":"beta"}')}`;

const marks = async (page: Page): Promise<string[]> => [
  ...new Set(await page.locator(".table-place .mark").allTextContents()),
];

const saved = async (page: Page, button: string): Promise<Buffer> => {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: button }).click(),
  ]);
  return readFile(await download.path());
};

test("draws the first key's series with both parts, and moves on as events come in", async () => {
  const site = await openSite();
  const { url } = await listen(site.reader);
  const { page, errors } = await chromium.open(`${url}/explore?range=1h`);
  await eventually(() => page.locator("#explore-title .key-name").textContent(), "alpha");
  await page.getByText("as a table").click();
  await eventually(async () => (await marks(page)).sort(), ["live", "settled"]);
  await site.more({ alpha: 41 });
  const newest = () => page.locator(".table-place tbody tr").first().locator("td").nth(1).textContent();
  await eventually(newest, "42");
  expect(await page.locator(".chart canvas").count()).toBe(1);
  expect(errors).toEqual([]);
});

test("draws several keys and measures, compares with the day before, and is the same after sharing its address", async () => {
  const site = await openSite();
  const { url } = await listen(site.reader);
  const { page, errors } = await chromium.open(`${url}/explore?range=1h&${BOTH}`);
  await eventually(() => page.locator(".key-chip .key-name").allTextContents(), ["alpha", "beta"]);
  await page.getByLabel("bytes").check();
  await eventually(() => page.locator(".chart canvas").count(), 2);
  await page.getByLabel("Compare with").selectOption("1d");
  await page.getByText("before: 0").first().waitFor();
  await page.getByRole("button", { name: "Key", exact: true }).click();
  await page.getByLabel("page", { exact: true }).fill("gamma");
  await page.getByRole("button", { name: "Add" }).click();
  await eventually(() => page.locator(".key-chip .key-name").allTextContents(), ["alpha", "beta", "gamma"]);
  await eventually(() => page.locator(".whole tbody tr").count(), 3);
  expect(await seriousFindings(page)).toEqual([]);
  const { page: other } = await chromium.open(page.url());
  await eventually(() => other.locator(".key-chip .key-name").allTextContents(), ["alpha", "beta", "gamma"]);
  await eventually(() => other.locator(".chart canvas").count(), 2);
  await page.getByRole("button", { name: "Take away beta" }).click();
  await eventually(() => page.locator(".key-chip .key-name").allTextContents(), ["alpha", "gamma"]);
  expect(errors).toEqual([]);
});

test("zooms by dragging, pans by buttons and keys, and comes back to now", async () => {
  const site = await openSite();
  const { url } = await listen(site.reader);
  const { page, errors } = await chromium.open(`${url}/explore?range=1h`);
  const chart = page.locator(".chart .u-over");
  await chart.waitFor();
  const box = await chart.boundingBox();
  if (!box) throw new Error("the chart has no box");
  await page.mouse.move(box.x + box.width / 2, box.y + 50);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.75, box.y + 60, { steps: 5 });
  await page.mouse.up();
  await eventually(async () => (await parameterOf(page, "from")) !== null, true);
  const span = async (): Promise<number[]> =>
    Promise.all(["from", "to"].map(async (name) => Date.parse(String(await parameterOf(page, name)))));
  const [from = 0, to = 0] = await span();
  const endMs = site.nowMinuteMs + MINUTE_MS;
  expect(Math.abs(from - (endMs - 30 * MINUTE_MS))).toBeLessThanOrEqual(MINUTE_MS);
  expect(Math.abs(to - (endMs - 15 * MINUTE_MS))).toBeLessThanOrEqual(MINUTE_MS);
  await page.getByRole("button", { name: "Earlier" }).click();
  await eventually(async () => ((await span())[0] ?? 0) < from, true);
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("-");
  await eventually(async () => {
    const [wideFrom = 0, wideTo = 0] = await span();
    return wideTo - wideFrom > 1.5 * (to - from);
  }, true);
  await page.keyboard.press("n");
  await eventually(() => parameterOf(page, "from"), null);
  expect(errors).toEqual([]);
});

test("hands out what it shows: a picture, CSV and JSON", async () => {
  const site = await openSite();
  const { url } = await listen(site.reader);
  const { page, errors } = await chromium.open(`${url}/explore?range=1h&${BOTH}`, { acceptDownloads: true });
  await page.locator(".chart .u-over").waitFor();
  await eventually(() => page.locator(".readout").count(), 2);
  const csv = (await saved(page, "CSV")).toString("utf8").trim().split("\r\n");
  expect(csv[0]).toBe("time,page,views,bytes,status");
  expect(csv).toHaveLength(1 + 2 * 60);
  const json = JSON.parse((await saved(page, "JSON")).toString("utf8")) as { key: unknown }[];
  expect(json.map(({ key }) => key)).toEqual([{ page: "alpha" }, { page: "beta" }]);
  const picture = await saved(page, "Picture");
  expect(picture.subarray(1, 4).toString("latin1")).toBe("PNG");
  expect(picture.readUInt32BE(16)).toBeGreaterThan(800);
  expect(errors).toEqual([]);
});

test("says how sure estimates are: quantiles as a distribution, distinct values with their error", async () => {
  const read = event("read", { page: t.string(), user: t.string(), ms: t.integer() });
  const reads = metric("reads", read, {
    by: (e) => ({ page: e.page }),
    measures: (e) => ({ readers: countDistinct(e.user), dwell: quantiles(e.ms), views: count() }),
    pane: "1m",
    trend: { on: "readers" },
  });
  const world = await openWorld(1);
  const shard = world.shards[0] as ShardId;
  const at = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
  world.nowMs = at;
  await world.publish(defineApp({ events: [read], metrics: [reads] }).document);
  const events = Array.from({ length: 1_000 }, (_, index) => ({
    timeMs: at,
    key: pageKey("x"),
    inputs: [`user-${index}`, index, null],
  }));
  await world.segment(shard, at / 1000, events);
  await world.tipAll();
  const { url } = await listen(await world.reader({ staleAfterMs: 3_600_000 }));
  const { page, errors } = await chromium.open(`${url}/explore?measure=readers&measure=dwell&range=1h`);
  await eventually(() => page.locator(".interval-tick").count(), 3);
  await eventually(() => page.locator(".interval-error").count(), 1);
  expect(await page.locator(".whole-value").first().textContent()).toMatch(/^≈ \d[\d,]* ± \d+\.\d %$/);
  await page.getByText("normal at this hour of the week").waitFor();
  await page.getByText("how far an estimate may be off").waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  expect(errors).toEqual([]);
});

test("fits a phone with several keys", async () => {
  const site = await openSite();
  const { url } = await listen(site.reader);
  const { page } = await chromium.open(`${url}/explore?${BOTH}`, { viewport: PHONE, colorScheme: "dark" });
  await page.locator(".chart .u-over").waitFor();
  await expectNoSideScroll(page);
  expect(await seriousFindings(page)).toEqual([]);
});
