import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished } from "vitest";
import { launchChromium } from "./launch.js";

const DESKTOP = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 800 };
/** On a busy machine what takes a second may take many. */
const WAIT_MS_MAX = 60_000;
const ATTEMPT_EVERY_MS = 100;
const ATTEMPTS_MAX = WAIT_MS_MAX / ATTEMPT_EVERY_MS;

export interface OpenPage {
  readonly page: Page;
  /** Errors and warnings of the console, and what was thrown. */
  readonly errors: string[];
}

export interface Chromium {
  /** In a context of its own, closed at the test's end. */
  open(url: string, options?: BrowserContextOptions): Promise<OpenPage>;
}

/** Bundles the page and starts Chromium, for the tests of one file. */
export const useChromium = (): Chromium => {
  let browser: Browser | undefined;
  beforeAll(async () => {
    await promisify(execFile)(process.execPath, [fileURLToPath(new URL("../bundle.mjs", import.meta.url))]);
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());
  return {
    async open(url, options = {}) {
      if (!browser) throw new Error("Chromium is not there yet: open pages in tests");
      const context = await browser.newContext({ viewport: DESKTOP, ...options });
      onTestFinished(() => context.close());
      context.setDefaultTimeout(WAIT_MS_MAX);
      const page = await context.newPage();
      const errors: string[] = [];
      page.on("console", (message) => {
        if (message.type() === "error" || message.type() === "warning") errors.push(message.text());
      });
      page.on("pageerror", (error) => errors.push(error.message));
      await page.goto(url);
      return { page, errors };
    },
  };
};

/** Asks again until the answer is the wanted one. */
export const eventually = async <T>(ask: () => Promise<T>, wanted: T): Promise<void> => {
  let last: T | undefined;
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    last = await ask();
    if (JSON.stringify(last) === JSON.stringify(wanted)) return;
    await new Promise((resolve) => setTimeout(resolve, ATTEMPT_EVERY_MS));
  }
  expect(last).toEqual(wanted);
};

/** One parameter of the page's address. */
export const parameterOf = (page: Page, name: string): Promise<unknown> =>
  page.evaluate<unknown>(`new URLSearchParams(location.search).get(${JSON.stringify(name)})`);

/** Nothing lies outside a narrow screen. */
export const expectNoSideScroll = async (page: Page): Promise<void> => {
  const width = page.viewportSize()?.width ?? 0;
  expect(await page.evaluate<number>("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
};

interface AxeViolation {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** What axe finds serious or critical, one line for each element. */
export const seriousFindings = async (page: Page): Promise<readonly string[]> => {
  const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
  // The page's policy allows no foreign scripts: this one comes in by the debugger.
  if (!(await page.evaluate<boolean>("'axe' in globalThis"))) {
    await page.evaluate(readFileSync(axe, "utf8"));
  }
  const { violations } = await page.evaluate<{ violations: readonly AxeViolation[] }>(
    "axe.run(document, { resultTypes: ['violations'] })",
  );
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary ?? ""}`));
};
