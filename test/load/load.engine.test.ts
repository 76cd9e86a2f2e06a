import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { LoadReport } from "@freshet/simulators";
import { chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { conforming } from "../cli/conforms.js";
import { type RunningLine, startLine } from "../soak/line.js";
import { freshet, temporaryDirectory } from "../support/freshet.js";

const PHONE = { width: 390, height: 800 };
const directory = temporaryDirectory();
let line: RunningLine;

beforeAll(async () => {
  line = await startLine(directory.path);
});
afterAll(async () => {
  await line.stop();
  directory.remove();
});

const load = (...args: readonly string[]) =>
  freshet("load", line.address, "--rate", "300", "--duration", "4s", "--warm-up", "1s", "--json", ...args);

describe("freshet load", () => {
  it.each(["http", "sdk", "log"])(
    "sends through %s, and finds that all was counted as it must be",
    async (way) => {
      const more =
        way === "log" ? ["--shard-duplicates", "0.05", "--hot", "0.2", "--data", line.dataDir] : [];
      const { code, stdout, stderr } = await load("--through", way, ...more);
      expect(code, stderr).toBe(0);
      const [run] = conforming<LoadReport>("load", stdout).runs;
      expect(run?.counts).toMatchObject({ failed: 0, waiting: 0 });
      expect(run?.correctness.verdict).toBe(way === "log" ? "live duplicates" : "equal");
      expect(run?.correctness.points).toBeGreaterThan(10);
      expect(run?.counts.sent).toBeGreaterThan(1_200);
      expect(run?.probes.sent).toBeGreaterThan(150);
      expect(run?.probes.seen).toBe(run?.probes.sent);
      expect(run?.freshness.count).toBeGreaterThan(150);
    },
  );

  it("searches for a rate, and writes a page that shows it", async () => {
    const out = join(directory.path, "report");
    const { code, stdout } = await load(
      "--search",
      "--freshness",
      "1ms",
      "--rate",
      "8",
      "--duration",
      "1s",
      "--out",
      out,
    );
    expect(code).toBe(0);
    const report = JSON.parse(stdout) as LoadReport;
    // nothing is visible within a millisecond
    expect(report.highestPerSecond).toBe(0);
    expect(report.steps.length).toBeGreaterThan(3);
    expect(report.steps.every(({ because }) => because !== null)).toBe(true);
    expect(JSON.parse(readFileSync(`${out}.json`, "utf8"))).toEqual(report);

    const held = join(directory.path, "held.html");
    await load("--out", held);
    expect(existsSync(held.replace(".html", ".json"))).toBe(false);
    const browser = await chromium.launch({
      executablePath: process.env["FRESHET_CHROMIUM"] ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-gpu"],
    });
    try {
      for (const [file, charts] of [
        [held, 4],
        [`${out}.html`, 1],
      ] as const) {
        const page = await browser.newPage();
        const errors: string[] = [];
        page.on("console", (message) => errors.push(message.text()));
        page.on("request", (request) => {
          if (!request.url().startsWith("file:")) errors.push(request.url());
        });
        await page.goto(pathToFileURL(file).href);
        expect(await page.locator("svg[role=img]").count()).toBeGreaterThanOrEqual(charts);
        await page.setViewportSize(PHONE);
        expect(await page.evaluate<number>("document.documentElement.scrollWidth")).toBeLessThanOrEqual(
          PHONE.width,
        );
        expect(errors).toEqual([]);
        await page.close();
      }
    } finally {
      await browser.close();
    }
  });
});

describe("bad input", () => {
  it("says that nobody answers", async () => {
    const { code, stderr } = await freshet("load", "http://127.0.0.1:9", "--duration", "1s");
    expect(code).toBe(1);
    expect(stderr).toContain("127.0.0.1:9");
    expect(stderr).not.toContain("    at ");
  });

  it.each([
    [["--curve", "waves"], "expected one of steady"],
    [["--hot", "0.5"], "need --through log"],
    [["--through", "sdk", "--bad", "0.1"], "--bad needs --through http or log"],
    [["--late", "2"], "expected a share from 0 to 1"],
    [["--duration", "2h"], "--duration: at most"],
  ])("refuses %j", async (args, message) => {
    const { code, stderr } = await freshet("load", line.address, ...args);
    expect(code, stderr).toBe(2);
    expect(stderr).toContain(message);
  });
});
