import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { useChromium } from "./testing/browser.js";
import { listen, openSite } from "./testing/site.js";

const chromium = useChromium();
const BUNDLE_BYTES_MAX = 250_000;
const dist = new URL("../dist/page/", import.meta.url);

/** What a page loads, by the names of the files. */
const loadedBy = async (url: string): Promise<readonly string[]> => {
  const { page } = await chromium.open(url);
  await page.locator("main .page").first().waitFor();
  await page.waitForTimeout(500);
  const names = await page.evaluate<string[]>(
    "performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname.slice(1))",
  );
  return names.filter((name) => /\.(?:js|css)$/.test(name));
};

test("all but the SQL page is under 250 KB compressed", async () => {
  const site = await openSite();
  const { url } = await listen(site.reader);
  const names = new Set<string>(["index.html"]);
  for (const path of ["/", "/explore", "/health", "/dead-letters", "/definitions"]) {
    for (const name of await loadedBy(`${url}${path}`)) names.add(name);
  }
  let bytes = 0;
  for (const name of names) bytes += gzipSync(await readFile(new URL(name, dist))).length;
  expect(names.size).toBeGreaterThan(6);
  expect(bytes).toBeLessThan(BUNDLE_BYTES_MAX);
});
