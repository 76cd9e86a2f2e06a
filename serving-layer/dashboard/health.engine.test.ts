import type { Lease } from "@freshet/storage";
import { expect, onTestFinished, test } from "vitest";
import { openBooks } from "../books/books.js";
import { eventually, expectNoSideScroll, PHONE, seriousFindings, useChromium } from "./testing/browser.js";
import { listen, openSite, type Site } from "./testing/site.js";

const chromium = useChromium();
const PATH = "/health";

const booksOf = async ({ world }: Site) => {
  const books = await openBooks({ data: world.data, duckdb: world.duckdb, now: () => world.nowMs });
  onTestFinished(() => books.close());
  return books;
};

const leasesOf = (shard: string): { list(): Promise<readonly Lease[]> } => ({
  list: async () => [
    { name: `speed/${shard}`, owner: "feedbeef0123", expiresMs: Date.now() + 60_000, pid: 77 },
    { name: "batch", owner: "cafe00112233", expiresMs: 1, pid: null },
  ],
});

test("shows what is counted, how fresh, by whom and through which generation, in both themes", async () => {
  const site = await openSite();
  await site.more({ alpha: 1, beta: 3 });
  const { url } = await listen(site.reader, { leases: leasesOf(site.shard), books: await booksOf(site) });
  for (const colorScheme of ["light", "dark"] as const) {
    const { page, errors } = await chromium.open(url + PATH, { colorScheme });
    const card = (id: string) => page.locator("section", { has: page.locator(`#${id}`) });
    await eventually(() => card("books-title").locator(".verdict").textContent(), "✓ balances");
    expect(await card("books-title").locator(".total").textContent()).toBe("125 events");
    expect(await card("books-title").textContent()).toContain("121 settled by batch, 4 live");
    await eventually(() => page.locator("td.owner").textContent(), "feedbeef · pid 77");
    expect(await page.locator(".roles").textContent()).toContain("batch cafe0011 · expired");
    await eventually(() => card("generation-title").locator("tbody th").allTextContents(), ["1 stands"]);
    await card("hours-title").locator("tbody tr").first().waitFor();
    await page.getByText("Batch has not compared anything yet").waitFor();
    expect(await card("freshness-title").locator(".verdict").textContent()).toBe("✓ up to date");
    await eventually(async () => {
      site.world.nowMs += 100;
      return page.locator(".trace-freshness path").count();
    }, 1);
    expect(await seriousFindings(page)).toEqual([]);
    expect(errors).toEqual([]);
  }
});

test("names what is missing, and takes it away when it is there again", async () => {
  const site = await openSite();
  const late = await site.world.reader({ staleAfterMs: 1_000 });
  site.world.nowMs += 30_000;
  const { url } = await listen(late);
  const { page } = await chromium.open(url + PATH);
  await page.locator("#missing-title").waitFor();
  expect(await page.locator(".missing").textContent()).toContain("shard 0: no worker at its end since");
  await eventually(() => page.locator("#freshness-title + .verdict").textContent(), "! behind");
  expect(await seriousFindings(page)).toEqual([]);
  await site.world.tipAll();
  await eventually(() => page.locator("#missing-title").count(), 0);
});

test("leads from a reason to its letters", async () => {
  const site = await openSite();
  const status = site.reader.status();
  const reader = {
    ...site.reader,
    status: () => ({ ...status, ledger: { ...status.ledger, rejected: { wrong_type: 4, malformed: 9 } } }),
  };
  const { url } = await listen(reader);
  const { page } = await chromium.open(url + PATH);
  await eventually(() => page.locator(".bars a").allTextContents(), ["Malformed", "Wrong type"]);
  // 13 events more than are accepted or doubled
  await eventually(() => page.locator("#books-title + .verdict").textContent(), "! does not balance");
  await page.getByRole("link", { name: "Wrong type" }).click();
  await eventually(
    () => page.evaluate<string>("location.pathname + location.search"),
    "/dead-letters?reason=wrong_type",
  );
});

test("stays while the server is gone, goes on by itself, and fits a phone", async () => {
  const site = await openSite();
  const options = { leases: leasesOf(site.shard) };
  const first = await listen(site.reader, options);
  const { page } = await chromium.open(first.url + PATH, { viewport: PHONE });
  const total = () => page.locator("#books-title").locator("xpath=../..").locator(".total").textContent();
  await eventually(total, "121 events");
  await expectNoSideScroll(page);
  await first.app.close();
  await eventually(() => page.locator(".page[data-lost]").count(), 1);
  expect(await total()).toBe("121 events");
  await eventually(() => page.locator("#freshness-title + .verdict").textContent(), "? not known");
  await site.more({ alpha: 5 });
  await listen(site.reader, options, first.port);
  await eventually(total, "126 events");
  await eventually(() => page.locator(".page[data-lost]").count(), 0);
  await eventually(() => page.locator("#freshness-title + .verdict").textContent(), "✓ up to date");
});
