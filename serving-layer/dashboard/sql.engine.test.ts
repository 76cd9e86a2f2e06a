import Fastify from "fastify";
import type { Page } from "playwright-core";
import { expect, onTestFinished, test } from "vitest";
import { apiPlugin } from "../api/plugin.js";
import type { SqlBody } from "../api/schemas/sql.js";
import {
  eventually,
  expectNoSideScroll,
  parameterOf,
  PHONE,
  seriousFindings,
  useChromium,
} from "./testing/browser.js";
import { openSqlDesk } from "../testing/sqlWorld.js";
import { listen, openSite } from "./testing/site.js";

const chromium = useChromium();
const PATH = "/sql";
const NEVER = /sleep/;
const WRONG = /FRM/;
/** The editor takes no completion by key in its first 75 ms, so that none is taken by mistake. */
const COMPLETION_DEAF_MS = 200;

const columns = [
  { name: "pane", type: "TIMESTAMP" },
  { name: "page", type: "VARCHAR" },
  { name: "views", type: "BIGINT" },
];
const rows = Array.from({ length: 1_200 }, (_, index) => [
  new Date(Date.UTC(2026, 0, 1, 0, Math.floor(index / 2))).toISOString(),
  index % 2 === 0 ? "alpha" : "beta",
  index,
]);
const answer = {
  status: "live",
  batchThrough: null,
  missing: [],
  generation: 1,
  version: "1",
  tables: ["visits"],
  columns,
  rows,
  rowCount: rows.length,
  truncated: true,
  elapsedMs: 12.3,
};

/** A site whose SQL is answered by the book: what is wrong, what never ends, or the same rows. */
const listenWithSql = async (port = 0) => {
  const site = await openSite();
  const bodies: SqlBody[] = [];
  const app = Fastify({ forceCloseConnections: true });
  app.get("/v1/sql/tables", async () => ({
    tables: [{ name: "visits", metric: "visits", description: "Groups of visits.", columns }],
    functions: [{ name: "distinct_of(state)", description: "How many distinct values" }],
    limits: { rows: 1_000_000, seconds: 20, memoryMb: 512 },
  }));
  app.post<{ Body: SqlBody }>("/v1/sql", async ({ body }, reply) => {
    bodies.push(body);
    if (NEVER.test(body.sql)) return new Promise(() => undefined);
    if (WRONG.test(body.sql)) {
      const detail = 'Parser Error: syntax error at or near "visits"\n\nLINE 2: FRM visits\n            ^';
      return reply.code(400).send({ type: "", title: "The statement cannot be run", status: 400, detail });
    }
    return body.format === "csv" ? reply.type("text/csv").send("pane,page,views\n") : answer;
  });
  await app.register(apiPlugin(site.reader));
  const url = await app.listen({ port, host: "127.0.0.1" });
  onTestFinished(() => app.close());
  return { app, url, port: Number(new URL(url).port), bodies };
};

const editor = (page: Page) => page.getByRole("textbox", { name: "SQL statement" });
const eventuallyTitles = async (page: Page): Promise<string[]> => {
  await page.locator(".starters button").first().waitFor();
  return page.locator(".starters button").allTextContents();
};
const write = async (page: Page, text: string): Promise<void> => {
  await editor(page).click();
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText(text);
  await page.keyboard.press("Escape");
};

test("a statement is completed, run by keys, and shown as lines over time and as rows", async () => {
  const { url, bodies } = await listenWithSql();
  const { page, errors } = await chromium.open(url + PATH);
  await page.getByText("At most 1,000,000 rows").waitFor();
  await eventually(async () => {
    await write(page, "SELECT * FROM ");
    await page.keyboard.type("vis");
    await page.locator(".cm-tooltip-autocomplete li", { hasText: "visits" }).waitFor();
    await page.waitForTimeout(COMPLETION_DEAF_MS);
    await page.keyboard.press("Enter");
    return editor(page).textContent();
  }, "SELECT * FROM visits");
  await page.keyboard.press("Control+Enter");
  await page.locator(".result tbody tr").first().waitFor();
  expect(bodies).toEqual([{ sql: "SELECT * FROM visits" }]);
  expect(await page.locator(".result tbody tr").count()).toBe(500);
  expect(await page.getByText("The first 500 of 1,200 rows are shown").count()).toBe(1);
  expect(await page.locator(".line-names li").allTextContents()).toEqual(["alpha", "beta"]);
  expect(await page.locator(".chip").textContent()).toBe("Live");
  expect(await page.locator(".result-chart canvas").count()).toBe(1);
  expect(await parameterOf(page, "sql")).toBe("SELECT * FROM visits");
  await page.reload();
  await eventually(() => editor(page).textContent(), "SELECT * FROM visits");
  expect(errors).toEqual([]);
});

test("keys that are typed are text, not the page's shortcuts", async () => {
  const { url } = await listenWithSql();
  const { page, errors } = await chromium.open(url + PATH);
  await editor(page).click();
  await page.keyboard.type("1 t ?");
  expect(await editor(page).textContent()).toBe("1 t ?");
  await page.keyboard.press("Control+a");
  await page.keyboard.type("(2");
  expect(await editor(page).textContent()).toBe("(2)");
  expect(new URL(page.url()).pathname).toBe(PATH);
  expect(errors).toEqual([]);
});

test("what is wrong is said in words and marked where it is; what was run stays at hand", async () => {
  const { url } = await listenWithSql();
  const { page } = await chromium.open(url + PATH);
  await write(page, "SELECT 1\nFRM visits");
  await page.keyboard.press("Control+Enter");
  await page.getByText("The statement cannot be run").waitFor();
  await eventually(() => page.locator(".cm-fault").textContent(), "visits");
  expect(await seriousFindings(page)).toEqual([]);
  await write(page, "SELECT 2");
  await eventually(() => page.locator(".cm-fault").count(), 0);
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.locator(".result").waitFor();
  await eventually(
    () => page.locator(".sql-history code").allTextContents(),
    ["SELECT 2", "SELECT 1 FRM visits"],
  );
  await page.locator(".sql-history button").nth(1).click();
  await eventually(() => editor(page).textContent(), "SELECT 1FRM visits");
  await page.getByRole("button", { name: "Forget all" }).click();
  await page.getByText("What you run is kept in this browser").waitFor();
});

test("a statement that does not end is stopped, and a result is taken away as a file", async () => {
  const { url, bodies } = await listenWithSql();
  const { page, errors } = await chromium.open(url + PATH);
  await write(page, "SELECT sleep(1)");
  await page.keyboard.press("Control+Enter");
  await page.getByRole("button", { name: "Stop" }).click();
  await page.getByText("Stopped").first().waitFor();
  await write(page, "SELECT 1");
  await page.keyboard.press("Control+Enter");
  await page.locator(".result").waitFor();
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "CSV" }).click(),
  ]);
  expect(file.suggestedFilename()).toBe("freshet.csv");
  expect(bodies.at(-1)).toEqual({ sql: "SELECT 1", format: "csv", limit: 1_000_000 });
  expect(errors).toEqual([]);
});

test("says that the server is gone, keeps the statement, and runs it when it is back", async () => {
  const first = await listenWithSql();
  const { page } = await chromium.open(first.url + PATH);
  await write(page, "SELECT 1");
  await first.app.close();
  await page.keyboard.press("Control+Enter");
  await page.getByText("The server does not answer").waitFor();
  await listenWithSql(first.port);
  await eventually(async () => {
    await page.getByRole("button", { name: "Run", exact: true }).click();
    return page.locator(".result").count();
  }, 1);
  expect(await editor(page).textContent()).toBe("SELECT 1");
});

test("fits a phone, dark and light, and axe finds nothing serious", async () => {
  const { url } = await listenWithSql();
  const { page, errors } = await chromium.open(`${url + PATH}?sql=SELECT+1`, {
    viewport: PHONE,
    colorScheme: "dark",
  });
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.locator(".result").waitFor();
  await expectNoSideScroll(page);
  expect(await seriousFindings(page)).toEqual([]);
  await page.getByRole("button", { name: "Light theme" }).click();
  expect(await seriousFindings(page)).toEqual([]);
  expect(errors).toEqual([]);
});

test("asks the real tables, live and settled together, and shows the engine's own words where it refuses", async () => {
  const site = await openSite();
  await site.more({ beta: 3 });
  const sql = await openSqlDesk(site.world);
  const { url } = await listen(site.reader, { sql });
  const { page } = await chromium.open(url + PATH);
  await page.locator(".sql-tables summary", { hasText: "visits_parts" }).waitFor();
  await write(page, "SELECT pane, page, views FROM visits\nORDER BY pane DESC, page LIMIT 3");
  await page.keyboard.press("Control+Enter");
  await page.locator(".result").waitFor();
  const cells = page.locator(".result tbody tr td:nth-child(n + 2)");
  expect(await cells.allTextContents()).toEqual(["alpha", "1", "beta", "3", "alpha", "1"]);
  expect(await page.locator(".chip").textContent()).toBe("Live");
  expect(await page.locator(".line-names li").allTextContents()).toEqual(["alpha", "beta"]);
  await write(page, "SELECT pane,\n  pge FROM visits");
  await page.keyboard.press("Control+Enter");
  await eventually(() => page.locator(".cm-fault").textContent(), "pge");
});

test("each statement to begin with runs on the real tables, and an Arrow stream is taken away", async () => {
  const site = await openSite();
  const sql = await openSqlDesk(site.world);
  const { url } = await listen(site.reader, { sql });
  const { page, errors } = await chromium.open(url + PATH);
  const titles = await eventuallyTitles(page);
  expect(titles[0]).toBe("The newest groups of visits");
  expect(titles.length).toBeGreaterThan(1);
  for (const title of titles) {
    await page.goto(url + PATH);
    await page.getByRole("button", { name: title }).click();
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await page.locator(".result tbody tr").first().waitFor();
  }
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Arrow" }).click(),
  ]);
  expect(file.suggestedFilename()).toBe("freshet.arrows");
  expect(errors).toEqual([]);
});
