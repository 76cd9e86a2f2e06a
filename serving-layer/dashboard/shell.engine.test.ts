import { type Access, createAccess, createAccessKey } from "@freshet/storage";
import type { Page } from "playwright-core";
import { expect, onTestFinished, test } from "vitest";
import { PAGE_PATHS } from "../api/pagePaths.js";
import { openSqlDesk } from "../testing/sqlWorld.js";
import { eventually, expectNoSideScroll, PHONE, seriousFindings, useChromium } from "./testing/browser.js";
import { listen, openSite } from "./testing/site.js";

const chromium = useChromium();

const shownPage = (page: Page): Promise<string | null> =>
  page.locator('.pages a[aria-current="page"]').textContent();
const headingOf = (page: Page): Promise<string | null> => page.locator("h1").textContent();
const loadedPage = (page: Page): Promise<unknown> => page.locator("main .page").first().waitFor();

test("every page has an address of its own, is reached by links and keys, and going back goes back", async () => {
  const site = await openSite();
  const { url } = await listen(site.reader);
  const { page, errors } = await chromium.open(`${url}${PAGE_PATHS.metrics}?metric=visits`);
  await eventually(() => headingOf(page), "Metrics");
  await page.getByRole("link", { name: "Explore" }).first().click();
  await eventually(() => shownPage(page), "Explore");
  expect(new URL(page.url()).pathname).toBe("/explore");
  expect(new URL(page.url()).searchParams.get("metric")).toBe("visits");
  expect(await page.evaluate("document.activeElement?.tagName")).toBe("H1");
  expect(await page.title()).toBe("Explore · Freshet");
  await page.goBack();
  await eventually(() => shownPage(page), "Metrics");
  for (const [index, title] of ["Trends", "Explore", "Health", "Dead letters", "SQL", "Metrics"].entries()) {
    await page.keyboard.press(String(index + 1));
    await eventually(() => headingOf(page), title);
    await loadedPage(page);
  }
  expect(errors.filter((error) => !error.includes("404"))).toEqual([]);
});

test("says what keys do, and lets them be turned off", async () => {
  const site = await openSite();
  const { url } = await listen(site.reader);
  const { page, errors } = await chromium.open(url);
  await page.locator(".rows").waitFor();
  await page.keyboard.press("?");
  const dialog = page.getByRole("dialog", { name: "Keyboard" });
  await dialog.waitFor();
  expect(await dialog.textContent()).toContain("Hold the list still");
  await dialog.getByLabel("Single keys do this").uncheck();
  await page.keyboard.press("Escape");
  await page.keyboard.press("2");
  await page.waitForTimeout(100);
  expect(await headingOf(page)).toBe("Trends");
  await page.keyboard.press("?");
  await dialog.getByLabel("Single keys do this").check();
  await dialog.getByRole("button", { name: "Close" }).click();
  const before = await page.evaluate("document.documentElement.dataset.theme");
  await page.keyboard.press("t");
  expect(await page.evaluate("document.documentElement.dataset.theme")).not.toBe(before);
  await page.locator(".filter-value input").fill("2");
  expect(await headingOf(page)).toBe("Trends");
  expect(errors).toEqual([]);
});

test("says that the server is gone, and goes on by itself when it is back, even on a page that could not be loaded", async () => {
  const site = await openSite();
  const first = await listen(site.reader);
  const { page } = await chromium.open(`${first.url}/?by=views&window=15m`);
  const names = (): Promise<string[]> => page.locator(".rows .key-name").allTextContents();
  await eventually(names, ["alpha", "beta"]);
  await first.app.close();
  const connection = () => page.locator(".connection").getAttribute("data-state");
  await eventually(connection, "lost");
  expect(await names()).toEqual(["alpha", "beta"]);
  await site.more({ beta: 9 });
  const second = await listen(site.reader, {}, first.port);
  await eventually(names, ["beta", "alpha"]);
  await eventually(connection, "open");
  await second.app.close();
  await eventually(connection, "lost");
  await page.getByRole("link", { name: "Metrics" }).click();
  await page.getByText("This page could not be loaded").waitFor();
  await listen(site.reader, {}, first.port);
  await page.getByRole("heading", { name: "visits" }).waitFor();
});

test("asks for the key of a server that wants one, and says when it is refused", async () => {
  const site = await openSite();
  const { records } = site.world.data;
  const access = createAccess({ records, now: Date.now, masterKey: "open-sesame", keyless: "nobody" });
  const { url } = await listen(site.reader, { access });
  const { page } = await chromium.open(`${url}/explore?metric=visits`);
  await page.getByLabel("Key").fill("wrong");
  await page.getByRole("button", { name: "Open" }).click();
  await page.getByText("is not, or no longer, one of this server").waitFor();
  await page.getByLabel("Key").fill("open-sesame");
  await page.getByRole("button", { name: "Open" }).click();
  await page.getByRole("heading", { name: "alpha" }).waitFor();
});

test("asks for another key where one is not enough, and for a page goes on without one", async () => {
  const site = await openSite();
  const { records } = site.world.data;
  const access = createAccess({ records, now: Date.now, masterKey: "open-sesame", keyless: "nobody" });
  const makeKey = (scopes: readonly ("emit" | "read")[]) =>
    createAccessKey(records, { name: scopes.join(), scopes, requestsPerSecond: null }, 0);
  const [emit, read] = [await makeKey(["emit"]), await makeKey(["read"])];
  const { url } = await listen(site.reader, { access, sql: await openSqlDesk(site.world) });
  const { page } = await chromium.open(url);
  const give = async (key: string): Promise<void> => {
    await page.getByLabel("Key").fill(key);
    await page.getByRole("button", { name: "Open" }).click();
  };
  await give(emit.text);
  await page.getByText("The key does not have the scope read").waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await give(read.text);
  await eventually(() => page.locator(".rows .key-name").allTextContents(), ["alpha", "beta"]);
  await page.getByRole("link", { name: "SQL" }).click();
  const another = page.getByRole("button", { name: "Use another key" });
  await another.click();
  await page.getByRole("button", { name: "Cancel" }).click();
  await another.click();
  await give("open-sesame");
  await page.locator(".sql-tables summary", { hasText: "visits_parts" }).waitFor();
  expect(await another.count()).toBe(0);
});

test("says what a server that is there refuses to tell, and how far behind it is", async () => {
  const site = await openSite();
  let limited = true;
  const access: Access = {
    admit: async () =>
      limited ? { kind: "limited", retryAfterMs: 1_000 } : { kind: "admitted", who: "local" },
  };
  const late = await site.world.reader({ staleAfterMs: 1_000 });
  site.world.nowMs += 30_000;
  const { url } = await listen(late, { access });
  const { page } = await chromium.open(url);
  const connection = page.locator(".connection");
  await eventually(() => connection.getAttribute("data-state"), "refused");
  await page.locator(".trends .state-title").waitFor();
  limited = false;
  await eventually(() => connection.getAttribute("data-state"), "behind");
  expect(await connection.textContent()).toBe("Connected, 30 s behind");
  await eventually(() => page.locator(".trends .chip").textContent(), "Partial");
});

test("shows that it waits while the network is slow, then what came", async () => {
  const site = await openSite();
  const { url } = await listen(site.reader);
  const { page, errors } = await chromium.open("about:blank");
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 400,
    downloadThroughput: 60_000,
    uploadThroughput: 60_000,
  });
  await page.goto(url, { waitUntil: "commit" });
  await page.getByRole("status", { name: "Loading" }).first().waitFor();
  await eventually(() => page.locator(".rows .key-name").allTextContents(), ["alpha", "beta"]);
  expect(errors).toEqual([]);
});

test.each(["/", "/explore", "/definitions", "/health"])("%s fits a phone, light and dark", async (path) => {
  const site = await openSite();
  const { url } = await listen(site.reader);
  for (const colorScheme of ["light", "dark"] as const) {
    const { page } = await chromium.open(`${url}${path}`, { viewport: PHONE, colorScheme });
    await page.locator("main section").first().waitFor();
    await page.waitForTimeout(500);
    await expectNoSideScroll(page);
    expect(await page.evaluate("document.documentElement.dataset.theme")).toBe(colorScheme);
  }
});

test("an address that is none of the dashboard's is not found", async () => {
  const site = await openSite();
  const { app } = await listen(site.reader);
  onTestFinished(() => app.close());
  for (const path of Object.values(PAGE_PATHS)) {
    const answer = await app.inject(path);
    expect(answer.headers["content-type"]).toBe("text/html; charset=utf-8");
  }
  expect((await app.inject("/exploration")).statusCode).toBe(404);
});
