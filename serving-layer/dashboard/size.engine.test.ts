import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { eventually, useChromium } from "./testing/browser.js";
import { listen, openSite } from "./testing/site.js";

const chromium = useChromium();
const BUNDLE_BYTES_MAX = 250_000;
const dist = new URL("../dist/page/", import.meta.url);

/** What a page loads, by the names of the files. */
const loadedBy = async (url: string): Promise<readonly string[]> => {
  const { page } = await chromium.open(url);
  const names = async (): Promise<readonly string[]> => {
    const all = await page.evaluate<string[]>(
      "performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname.slice(1))",
    );
    return all.filter((name) => /\.(?:js|css)$/.test(name));
  };
  await eventually(async () => (await names()).some((name) => name.startsWith("page-")), true);
  return names();
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
  // the document, its script and its style sheet, and each page's own file
  expect(names.size).toBeGreaterThanOrEqual(8);
  expect(bytes).toBeLessThan(BUNDLE_BYTES_MAX);
});
