import { count, defineApp, event, metric, sum, t } from "@freshet/model";
import { expect, test } from "vitest";
import { eventually, parameterOf, seriousFindings, useChromium } from "./testing/browser.js";
import { listen, openSite } from "./testing/site.js";

const chromium = useChromium();

const visit = event("visit", { page: t.string(), bytes: t.integer() });
const byPage = (name: string, pane: "1m" | "5m") =>
  metric(name, visit, {
    by: (e) => ({ page: e.page }),
    measures: (e) => ({ views: count(), bytes: sum(e.bytes) }),
    pane,
  });
const app = defineApp({
  events: [visit],
  metrics: [byPage("visits", "1m"), byPage("totals", "5m")],
}).document;

test("shows each metric as it is written, with its SQL and its hash", async () => {
  const site = await openSite(app);
  const explainMetric = () => [{ title: "The groups of each pane", sql: "SELECT count(*) FROM facts" }];
  const { url } = await listen(site.reader, { explainMetric });
  for (const colorScheme of ["light", "dark"] as const) {
    const { page, errors } = await chromium.open(`${url}/definitions`, { colorScheme });
    await page.getByRole("heading", { name: "visits" }).waitFor();
    const definition = page.getByRole("region", { name: "The definition as it is written in an app" });
    expect(await definition.textContent()).toContain('metric("visits", visit, {');
    expect(await page.getByRole("region", { name: "SQL: The groups of each pane" }).textContent()).toBe(
      "SELECT count(*) FROM facts",
    );
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole("link", { name: /^totals/ }).click();
    await eventually(() => parameterOf(page, "metric"), "totals");
    await eventually(
      async () => (await definition.textContent())?.startsWith('metric("totals"') ?? false,
      true,
    );
    const hash = await page.locator("code[title]").textContent();
    expect(hash).toBe(site.reader.metrics().find(({ name }) => name === "totals")?.definition);
    expect(errors).toEqual([]);
  }
});
