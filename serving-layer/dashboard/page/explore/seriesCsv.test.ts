import type { SeriesAnswer } from "@freshet/model";
import { expect, test } from "vitest";
import { seriesCsv } from "./seriesCsv.js";

const aSeries = (page: string | null): SeriesAnswer => ({
  status: "live",
  covers: { from: "2026-01-01T00:00:00.000Z", to: "2026-01-01T00:01:00.000Z" },
  batchThrough: null,
  missing: [],
  errorBound: {},
  metric: "visits",
  key: { page },
  step: "1m",
  points: [
    {
      time: "2026-01-01T00:00:00.000Z",
      status: "live",
      values: { views: -3, total: "90071992547409930", dwell: { p50: 1, p99: null } },
    },
  ],
});

test("each point is a row; quantiles are columns, and texts are quoted where they must be", () => {
  expect(seriesCsv([aSeries('say "a", b'), aSeries(null)])).toBe(
    "time,page,views,total,dwell p50,dwell p99,status\r\n" +
      '2026-01-01T00:00:00.000Z,"say ""a"", b",-3,90071992547409930,1,,live\r\n' +
      "2026-01-01T00:00:00.000Z,,-3,90071992547409930,1,,live\r\n",
  );
});

test("a key that a spreadsheet would run stays text", () => {
  for (const page of ["=1+1", "+1", "-1", "@x", "\tx"]) {
    expect(seriesCsv([aSeries(page)]).split("\r\n")[1]).toContain(`,'${page},`);
  }
});

test("without a series there is only the head", () => {
  expect(seriesCsv([])).toBe("time,status\r\n");
});
