import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { ShardId } from "@freshet/model";
import { createAccess } from "@freshet/storage";
import Fastify, { type FastifyInstance } from "fastify";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { apiPlugin } from "../api/plugin.js";
import type { Reader } from "../reader/reader.js";
import { aVisit, visitsApp } from "../testing/visits.js";
import { openWorld, type World } from "../testing/world.js";

const CHROMIUM = "/usr/bin/chromium";
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const MINUTE = 60_000;

let browser: Browser;

beforeAll(async () => {
  if (!existsSync(CHROMIUM)) throw new Error(`${CHROMIUM} is missing: apt-get install chromium`);
  await promisify(execFile)(process.execPath, [fileURLToPath(new URL("bundle.mjs", import.meta.url))]);
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
});
afterAll(() => browser?.close());

const listen = async (
  reader: Reader,
  port = 0,
): Promise<{ app: FastifyInstance; url: string; port: number }> => {
  const app = Fastify({ forceCloseConnections: true });
  await app.register(apiPlugin(reader));
  const url = await app.listen({ port, host: "127.0.0.1" });
  return { app, url, port: Number(new URL(url).port) };
};

interface Site {
  readonly world: World;
  readonly shard: ShardId;
  readonly reader: Reader;
  /** Start of the minute that is going on. */
  readonly nowMinuteMs: number;
  /** Adds events of the running minute, in a segment of their own. */
  more(pages: Readonly<Record<string, number>>): Promise<void>;
}

/** An hour settled by batch, and a minute that goes on. */
const aSite = async (): Promise<Site> => {
  const world = await openWorld(1);
  const nowMinuteMs = Math.floor(Date.now() / MINUTE) * MINUTE;
  world.nowMs = nowMinuteMs;
  await world.publish(visitsApp);
  const shard = world.shards[0] as ShardId;
  for (let minute = 60; minute > 0; minute--) {
    const at = nowMinuteMs - minute * MINUTE;
    await world.segment(shard, at / 1000, [aVisit(at, "alpha", minute), aVisit(at + 1, "beta", 2)]);
  }
  await world.segment(shard, nowMinuteMs / 1000, [aVisit(nowMinuteMs, "alpha")]);
  await world.generation({ [shard]: nowMinuteMs / 1000 });
  await world.tipAll();
  let second = 0;
  return {
    world,
    shard,
    reader: await world.reader({ staleAfterMs: 3_600_000 }),
    nowMinuteMs,
    async more(pages) {
      const events = Object.entries(pages).flatMap(([page, count]) =>
        Array.from({ length: count }, () => aVisit(nowMinuteMs + 1_000, page)),
      );
      await world.segment(shard, nowMinuteMs / 1000 + ++second, events);
      await world.tipAll();
    },
  };
};

const openPage = async (url: string, options: Parameters<Browser["newContext"]>[0] = {}) => {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const errors: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") errors.push(message.text());
  });
  page.on("pageerror", (error) => errors.push(error.message));
  await page.goto(url);
  return { page, errors };
};

const namesIn = (page: Page): Promise<string[]> => page.locator(".rows .key-name").allTextContents();

const eventually = async <T>(ask: () => Promise<T>, wanted: T): Promise<void> => {
  let last: T | undefined;
  for (let attempt = 0; attempt < 100; attempt++) {
    last = await ask();
    if (JSON.stringify(last) === JSON.stringify(wanted)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  expect(last).toEqual(wanted);
};

test("shows the list, the series with both parts, and books that balance, without an error", async () => {
  const site = await aSite();
  await site.more({ alpha: 1, beta: 3 });
  const { app, url } = await listen(site.reader);
  onTestFinished(() => app.close());
  const { page, errors } = await openPage(url);
  await eventually(() => namesIn(page), ["beta", "alpha"]);
  expect(await page.locator(".trends .chip").textContent()).toBe("Live");
  await page.getByText("as a table").click();
  const marks = async () => [...new Set(await page.locator(".table-place .mark").allTextContents())].sort();
  await eventually(marks, ["live", "settled"]);
  await eventually(() => page.locator(".verdict").textContent(), "✓ balances");
  expect(await page.locator(".total").textContent()).toBe("125 events");
  expect(await page.locator(".spark-settled").count()).toBeGreaterThan(0);
  expect(errors).toEqual([]);
});

test("moves rows and changes figures as events come in, in well under a second", async () => {
  const site = await aSite();
  const { app, url } = await listen(site.reader);
  onTestFinished(() => app.close());
  const { page, errors } = await openPage(`${url}/?by=views&window=15m`);
  await eventually(() => namesIn(page), ["alpha", "beta"]);
  const started = Date.now();
  await site.more({ beta: 40, gamma: 30 });
  await eventually(() => namesIn(page), ["beta", "gamma", "alpha"]);
  expect(Date.now() - started).toBeLessThan(1_500);
  await page.getByRole("button", { name: "2. gamma" }).click();
  await eventually(() => page.locator("#key-title .key-name").textContent(), "gamma");
  expect(await page.evaluate<unknown>(`new URLSearchParams(location.search).get("key")`)).toBe(
    '{"page":"gamma"}',
  );
  expect(errors).toEqual([]);
});

test("says that the server is gone, and goes on by itself when it is back", async () => {
  const site = await aSite();
  const first = await listen(site.reader);
  const { page } = await openPage(`${first.url}/?by=views&window=15m`);
  await eventually(() => namesIn(page), ["alpha", "beta"]);
  await first.app.close();
  const connection = () => page.locator(".connection").getAttribute("data-state");
  await eventually(connection, "lost");
  expect(await namesIn(page)).toEqual(["alpha", "beta"]);
  await site.more({ beta: 9 });
  const second = await listen(site.reader, first.port);
  onTestFinished(() => second.app.close());
  await eventually(() => namesIn(page), ["beta", "alpha"]);
  await eventually(connection, "open");
});

test("names what is missing where the chip is focused", async () => {
  const site = await aSite();
  const late = await site.world.reader({ staleAfterMs: 1 });
  await site.more({ alpha: 1 });
  site.world.nowMs += 5_000;
  const { app, url } = await listen(late);
  onTestFinished(() => app.close());
  const { page } = await openPage(url);
  await eventually(() => page.locator(".trends .chip").textContent(), "Partial");
  await page.locator(".trends .chip").focus();
  await page.locator(".trends .popover").waitFor({ state: "visible" });
  expect(await page.locator(".trends .popover").textContent()).toContain(
    "shard 0: no worker at its end since",
  );
});

test("is empty with grace, fits a phone, and can be driven by the keyboard", async () => {
  const world = await openWorld(1);
  await world.publish(visitsApp);
  await world.tipAll();
  const empty = await listen(await world.reader());
  onTestFinished(() => empty.app.close());
  const { page } = await openPage(empty.url, { viewport: { width: 390, height: 800 }, colorScheme: "dark" });
  await page.getByText("Nothing in this window yet").waitFor();
  expect(await page.evaluate<number>(`document.documentElement.scrollWidth`)).toBeLessThanOrEqual(390);
  expect(await page.evaluate<unknown>(`document.documentElement.dataset["theme"]`)).toBe("dark");

  const site = await aSite();
  const { app, url } = await listen(site.reader);
  onTestFinished(() => app.close());
  const { page: full, errors } = await openPage(url, { viewport: { width: 390, height: 800 } });
  await eventually(async () => (await namesIn(full)).length, 2);
  expect(await full.evaluate<number>(`document.documentElement.scrollWidth`)).toBeLessThanOrEqual(390);
  await full.locator('input[name="window"][value="1h"]').focus();
  await full.keyboard.press("ArrowLeft");
  await eventually(() => full.evaluate<unknown>(`new URLSearchParams(location.search).get("window")`), "15m");
  expect(errors).toEqual([]);
});

test("asks for the key of a server that wants one", async () => {
  const site = await aSite();
  const app = Fastify({ forceCloseConnections: true });
  const { records } = site.world.data;
  const access = createAccess({ records, now: Date.now, masterKey: "open-sesame", keyless: "nobody" });
  await app.register(apiPlugin(site.reader, { access }));
  const url = await app.listen({ port: 0, host: "127.0.0.1" });
  onTestFinished(() => app.close());
  const { page } = await openPage(url);
  await page.getByLabel("Key").fill("open-sesame");
  await page.getByRole("button", { name: "Open" }).click();
  await eventually(async () => (await namesIn(page)).length, 2);
});
