import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const SECONDS_A_MONTH = 730 * 3600;
const USD: Readonly<Record<string, number>> = {
  "write unit": 0.625e-6,
  "read unit": 0.125e-6,
  PUT: 0.005e-3,
  GET: 0.0004e-3,
};

const page = readFileSync(join(import.meta.dirname, "../../docs/aws-storage.md"), "utf8");

describe("the table of costs", () => {
  it("multiplies as it says", () => {
    const rows = [...page.matchAll(/^\|[^|]+\| (\d+) (write unit|read unit|PUT|GET)s? +\| ([\d.]+) +\|$/gm)];
    expect(rows.length).toBeGreaterThan(8);
    for (const [row, count, unit = "", usd] of rows)
      expect((Number(count) * (USD[unit] ?? Number.NaN) * SECONDS_A_MONTH).toFixed(2), row).toBe(usd);
  });
});
