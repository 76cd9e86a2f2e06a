import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { createAccess, createAccessKey } from "@freshet/storage";
import type { Page } from "playwright-core";
import { expect, onTestFinished, test } from "vitest";
import type { Reader } from "../reader/reader.js";
import { eventually, seriousFindings, useChromium } from "./testing/browser.js";
import { listen, openSite } from "./testing/site.js";

const chromium = useChromium();
const SIZE_BYTES_MAX = 8_000;

/** A page of another origin, as strict as sites are: no inline styles, and scripts of the server alone. */
const hostPage = async (
  body: (origin: string) => string,
): Promise<{ readonly url: string; readonly origin: string }> => {
  let text = "";
  let scripts = "";
  const server = createServer((_request, response) => {
    response.writeHead(200, {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": `default-src 'none'; script-src ${scripts}; connect-src http://127.0.0.1:*; img-src data:`,
    });
    response.end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  return {
    get url() {
      text = `<!doctype html><html lang="en"><title>A site</title><link rel="icon" href="data:,"><main><h1>A site</h1>${body(origin)}</main></html>`;
      scripts = /src="(http:[^"]+embed\.js)"/.exec(text)?.[1] ?? "'none'";
      return origin;
    },
    origin,
  };
};

/** Runs an expression about the `element`. */
const onElement = <T = void>(page: Page, expression: string): Promise<T> =>
  page.evaluate<T>(
    `(() => { const element = document.querySelector("freshet-trends"); return ${expression}; })()`,
  );
const setAttribute = (page: Page, name: string, value: string): Promise<void> =>
  onElement(page, `element.setAttribute(${JSON.stringify(name)}, ${JSON.stringify(value)})`);
const rowsOf = (page: Page): Promise<string[]> => page.locator("freshet-trends li").allInnerTexts();
const keysOf = (page: Page): Promise<string[]> => page.locator("freshet-trends .key").allTextContents();
const textOf = (page: Page, part: string): Promise<string> =>
  page.locator(`freshet-trends ${part}`).innerText();

test("shows a live list on a page of another origin, and follows it as events come in", async () => {
  const site = await openSite();
  let address = "";
  const host = await hostPage(
    () =>
      `<freshet-trends metric="visits" window="15m" by="views" limit="3"></freshet-trends><script src="${address}/embed.js"></script>`,
  );
  const { url } = await listen(site.reader, { corsOrigins: [host.origin] });
  address = url;
  const { page, errors } = await chromium.open(host.url);
  await eventually(() => keysOf(page), ["alpha", "beta"]);
  expect(await textOf(page, ".chip")).toBe("Live");
  await site.more({ gamma: 40 });
  await eventually(() => keysOf(page), ["gamma", "alpha", "beta"]);
  expect((await rowsOf(page))[0]).toMatch(/^1\s+gamma\s+40 views$/);
  expect(await seriousFindings(page)).toEqual([]);
  expect(errors).toEqual([]);
  const background = () =>
    onElement<string>(page, "getComputedStyle(element.shadowRoot.querySelector('section')).backgroundColor");
  expect(await background()).toBe("rgb(255, 255, 255)");
  await setAttribute(page, "theme", "dark");
  expect(await background()).toBe("rgb(19, 26, 34)");
  expect(await seriousFindings(page)).toEqual([]);
  const picture = process.env["FRESHET_PICTURES"];
  if (picture) await page.screenshot({ path: `${picture}/embed.png` });
});

test("takes a key and a filter, asks anew when an attribute changes, and follows no more when it is gone", async () => {
  const site = await openSite();
  const { records } = site.world.data;
  const access = createAccess({ records, now: Date.now, masterKey: null, keyless: "nobody" });
  const { text } = await createAccessKey(
    records,
    { name: "site", scopes: ["read"], requestsPerSecond: null },
    0,
  );
  let body = "";
  const host = await hostPage(() => body);
  let tops = 0;
  const top: Reader["top"] = (...asked) => {
    tops++;
    return site.reader.top(...asked);
  };
  const { url } = await listen({ ...site.reader, top }, { access, corsOrigins: [host.origin] });
  body = `<freshet-trends metric="visits" by="views" where="page=beta" key="${text}" src="${url}"></freshet-trends><script type="module" src="${url}/embed.js"></script>`;
  const { page } = await chromium.open(host.url);
  await eventually(() => keysOf(page), ["beta"]);
  await onElement(page, "element.removeAttribute('where')");
  await eventually(() => keysOf(page), ["alpha", "beta"]);
  await setAttribute(page, "key", "wrong");
  await eventually(async () => (await textOf(page, "[role=status]")).startsWith("A key is needed"), true);
  expect(await keysOf(page)).toEqual([]);
  await setAttribute(page, "key", text);
  await eventually(() => keysOf(page), ["alpha", "beta"]);
  expect(tops).toBeGreaterThan(0);
  await onElement(page, "element.remove()");
  await page.waitForTimeout(500);
  const before = tops;
  await site.more({ beta: 1 });
  await page.waitForTimeout(500);
  expect(tops).toBe(before);
});

test("is refused where the origin is not allowed, and says so; it comes back with the server", async () => {
  const site = await openSite();
  let address = "";
  const host = await hostPage(
    () =>
      `<freshet-trends metric="visits" by="views"></freshet-trends><script src="${address}/embed.js"></script>`,
  );
  const closed = await listen(site.reader);
  address = closed.url;
  const { page } = await chromium.open(host.url);
  await eventually(
    () => textOf(page, "[role=status]"),
    "The server does not answer. It is tried again by itself.",
  );
  expect(await keysOf(page)).toEqual([]);
  await closed.app.close();
  await listen(site.reader, { corsOrigins: [host.origin] }, closed.port);
  await eventually(() => keysOf(page), ["alpha", "beta"]);
});

test("is small, and loads from anywhere", async () => {
  const site = await openSite();
  const { url } = await listen(site.reader);
  const response = await fetch(`${url}/embed.js`);
  expect(response.headers.get("access-control-allow-origin")).toBe("*");
  expect(response.headers.get("cross-origin-resource-policy")).toBe("cross-origin");
  const bytes = gzipSync(await response.text()).length;
  console.info(JSON.stringify({ bench: "embed size", gzipBytes: bytes }));
  expect(bytes).toBeLessThan(SIZE_BYTES_MAX);
});
