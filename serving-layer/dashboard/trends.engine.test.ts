import type { ShardId } from "@freshet/model";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { aVisit, visitsApp } from "../testing/visits.js";
import { openWorld } from "../testing/world.js";
import { eventually, parameterOf, PHONE, seriousFindings, useChromium } from "./testing/browser.js";
import { listen, openSite } from "./testing/site.js";

const chromium = useChromium();
const KEYS = 10_000;
const MINUTE_MS = 60_000;

const namesIn = (page: Page): Promise<string[]> => page.locator(".rows .key-name").allTextContents();

test("shows the list with what is live, each row's change and series, without an error or a serious finding", async () => {
  const site = await openSite();
  await site.more({ alpha: 1, beta: 3 });
  const { url } = await listen(site.reader);
  for (const colorScheme of ["light", "dark"] as const) {
    const { page, errors } = await chromium.open(`${url}/?window=15m`, { colorScheme });
    await eventually(() => namesIn(page), ["beta", "alpha"]);
    expect(await page.locator(".trends .chip").textContent()).toBe("Live");
    // 14 minutes of one visit and three live ones, after 15 minutes of one visit; the running minute of alpha has two
    await eventually(() => page.locator(".change").allTextContents(), ["▲ +13 %", "▲ +7 %"]);
    await eventually(async () => (await page.locator(".spark-settled").count()) > 0, true);
    expect(await seriousFindings(page)).toEqual([]);
    expect(errors).toEqual([]);
  }
});

// How long it takes is measured by changes.bench.ts.
test("moves rows and changes figures as events come in", async () => {
  const site = await openSite();
  const { url } = await listen(site.reader);
  const { page, errors } = await chromium.open(`${url}/?by=views&window=15m`);
  await eventually(() => namesIn(page), ["alpha", "beta"]);
  await site.more({ beta: 40, gamma: 30 });
  await eventually(() => namesIn(page), ["beta", "gamma", "alpha"]);
  await page.getByRole("link", { name: /gamma/ }).click();
  await eventually(() => page.locator("#explore-title .key-name").textContent(), "gamma");
  expect(await parameterOf(page, "key")).toBe('{"page":"gamma"}');
  expect(errors).toEqual([]);
});

test("can be held still, and let go on", async () => {
  const site = await openSite();
  const { url } = await listen(site.reader);
  const { page } = await chromium.open(`${url}/?by=views&window=15m`);
  await eventually(() => namesIn(page), ["alpha", "beta"]);
  await page.keyboard.press("p");
  await site.more({ beta: 40 });
  await page.getByText("1 change waiting").waitFor();
  expect(await namesIn(page)).toEqual(["alpha", "beta"]);
  await page.getByRole("button", { name: "Go on" }).click();
  await eventually(() => namesIn(page), ["beta", "alpha"]);
});

test("is narrowed by a dimension, and the filter stands in the address", async () => {
  const site = await openSite();
  const { url } = await listen(site.reader);
  const { page, errors } = await chromium.open(url);
  await eventually(() => namesIn(page), ["alpha", "beta"]);
  await page.getByLabel("Where page is").fill("beta");
  await page.getByRole("button", { name: "Filter" }).click();
  await eventually(() => namesIn(page), ["beta"]);
  expect(await parameterOf(page, "where")).toBe("page=beta");
  await page.reload();
  await eventually(() => namesIn(page), ["beta"]);
  await page.getByRole("button", { name: "Take away the filter on page" }).click();
  await eventually(() => namesIn(page), ["alpha", "beta"]);
  await page.getByLabel("Where page is").fill("nobody");
  await page.keyboard.press("Enter");
  await page.getByText("Nothing that fits in this window").waitFor();
  expect(errors).toEqual([]);
});

test("names what is missing where the chip is focused", async () => {
  const site = await openSite();
  const late = await site.world.reader({ staleAfterMs: 1 });
  await site.more({ alpha: 1 });
  site.world.nowMs += 5_000;
  const { url } = await listen(late);
  const { page } = await chromium.open(url);
  await eventually(() => page.locator(".trends .chip").textContent(), "Partial");
  await page.locator(".trends .chip").focus();
  await page.locator(".trends .popover").waitFor({ state: "visible" });
  expect(await page.locator(".trends .popover").textContent()).toContain(
    "shard 0: no worker at its end since",
  );
});

test("is empty with grace, and is driven by the keyboard", async () => {
  const world = await openWorld(1);
  await world.publish(visitsApp);
  await world.tipAll();
  const empty = await listen(await world.reader());
  const { page } = await chromium.open(empty.url, { viewport: PHONE, colorScheme: "dark" });
  await page.getByText("Nothing in this window yet").waitFor();
  expect(await seriousFindings(page)).toEqual([]);

  const site = await openSite();
  const { url } = await listen(site.reader);
  const { page: full, errors } = await chromium.open(url, { viewport: PHONE });
  await eventually(async () => (await namesIn(full)).length, 2);
  await full.locator('input[name="window"][value="1h"]').focus();
  await full.keyboard.press("ArrowLeft");
  await eventually(() => parameterOf(full, "window"), "15m");
  expect(errors).toEqual([]);
});

test("lists five hundred of ten thousand keys, and moves the last of all to the top", async () => {
  const world = await openWorld(1);
  const shard = world.shards[0] as ShardId;
  world.nowMs = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
  await world.publish(visitsApp);
  const visits = Array.from({ length: KEYS }, (_, index) => aVisit(world.nowMs, `page-${index}`));
  await world.segment(shard, world.nowMs / 1000, visits, { lake: true });
  await world.segment(shard, world.nowMs / 1000 + 1, [
    aVisit(world.nowMs, "page-7"),
    aVisit(world.nowMs, "page-7"),
  ]);
  await world.tipAll();
  const { url } = await listen(await world.reader({ staleAfterMs: 3_600_000 }));
  const { page, errors } = await chromium.open(`${url}/?rows=500&by=views`);
  await eventually(async () => (await namesIn(page)).length, 500);
  expect((await namesIn(page))[0]).toBe("page-7");
  await world.segment(
    shard,
    world.nowMs / 1000 + 2,
    Array.from({ length: 5 }, () => aVisit(world.nowMs, "page-9999")),
  );
  await world.tipAll();
  await eventually(async () => (await namesIn(page))[0] ?? "", "page-9999");
  // only rows in view are asked about
  expect(await page.locator(".spark-empty").count()).toBeGreaterThan(400);
  expect(errors).toEqual([]);
});
