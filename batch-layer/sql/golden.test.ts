import { overVersion } from "@freshet/model";
import { describe, expect, it } from "vitest";
import { firstApp, secondApp } from "../testing/apps.js";
import { DIFFERENCES_SQL, liveDuplicatesSql, REPEATED_SQL } from "./duplicates.js";
import {
  amountsSql,
  beyondSql,
  causesSql,
  comparedSql,
  DRIFT_TABLE_SQL,
  driftRowsSql,
  enteringSql,
  eventHoursSql,
  hourCountsSql,
  RECONCILED_SQL,
  sampledGroupsSql,
  sizeSql,
} from "./drift.js";
import { DUCKDB } from "./duckDb.js";
import { BEYOND, factsSql, factTable } from "./facts.js";
import {
  copiesSql,
  countedViewSql,
  IN_CUT_SQL,
  identityRowsSql,
  knownIdentitiesSql,
  STANDING_VIEW_SQL,
} from "./identity.js";
import { contextSegmentsSql, historySegmentsSql, ledgerRowsSql, totalsSql } from "./ledger.js";
import { groupsSql, type MetricSource, metricSql, touchedDaysSql } from "./metric.js";
import {
  DISTINCT_ROWS_SQL,
  LANDED_TWICE_SQL,
  landedRowsSql,
  SEGMENT_TABLE_SQL,
  SEGMENT_COUNTS_SQL,
} from "./rows.js";
import { parquet } from "./text.js";
import { baselineSql, membersSql, type TrendSource, windowsSql } from "./trend.js";

const [visit1] = firstApp.events;
const [visit2] = secondApp.events;
const [pages, days] = firstApp.metrics;
const [regions] = secondApp.metrics;

const expectGolden = async (name: string, statements: readonly string[]): Promise<void> => {
  await expect(`${statements.join(";\n\n")};\n`).toMatchFileSnapshot(`golden/${name}.sql`);
};

// The same texts are run by DuckDB, against plain arrays, in ../run/*.test.ts.
describe("the SQL of a batch run", () => {
  it("reads, places and judges rows", () =>
    expectGolden("rows", [
      SEGMENT_TABLE_SQL,
      contextSegmentsSql(["/lake/generations/segments/6.parquet"], 40),
      historySegmentsSql(["/lake/generations/segments/6.parquet"], 40),
      landedRowsSql({ files: ["/lake/raw/it's.parquet"], log: "log's", segmentMs: 1000, generation: 7 }),
      LANDED_TWICE_SQL,
      DISTINCT_ROWS_SQL,
    ]));

  it("compares with speed, segment by segment", () =>
    expectGolden("ledger", [REPEATED_SQL, liveDuplicatesSql(120), SEGMENT_COUNTS_SQL, DIFFERENCES_SQL]));

  it("lets each identity stand once", () =>
    expectGolden("identity", [
      IN_CUT_SQL,
      countedViewSql(7),
      knownIdentitiesSql(DUCKDB, parquet(["/lake/generations/identities/6.parquet"])),
      copiesSql(DUCKDB),
      STANDING_VIEW_SQL,
      totalsSql(7),
      identityRowsSql(DUCKDB, 7),
      ledgerRowsSql(7),
    ]));

  it("aggregates every measure and merges it with the stored day", () => {
    const facts = factTable("facts_0", visit1!, [pages!, days!]);
    const source: MetricSource = {
      metric: pages!,
      facts,
      generation: 7,
      parent: parquet(["/lake/day.parquet"]),
      coupons: (column) => `coupon_of_${column}`,
      panes: "pane_0",
    };
    return expectGolden("metric", [
      factsSql(facts, [{ version: 1, revisions: [1, 2] }]),
      touchedDaysSql(source),
      metricSql("metric_0", source),
      metricSql("metric_1", { ...source, metric: days!, generation: null, parent: null, panes: "pane_1" }),
    ]);
  });

  it("compares with what live had said, and keeps the books by hour", () => {
    const facts = factTable("facts_0", visit1!, [pages!]);
    const beyond = factTable("beyond_0", visit1!, [pages!]);
    const source: MetricSource = {
      metric: pages!,
      facts: { ...facts, table: "compared_0" },
      generation: null,
      parent: null,
      coupons: (column) => `coupon_of_${column}`,
      panes: "drift_pane_0",
    };
    return expectGolden("drift", [
      RECONCILED_SQL,
      beyondSql(7),
      factsSql(beyond, [{ version: 1, revisions: [1] }], BEYOND),
      enteringSql("entering_0", "facts_0", { generation: 7, revisions: [1] }),
      sizeSql(source),
      comparedSql("compared_0", "entering_0", source, 2),
      sampledGroupsSql(source),
      groupsSql(source),
      amountsSql(source, "class AS part", pages!.measures.slice(0, 3)),
      causesSql(source),
      DRIFT_TABLE_SQL,
      driftRowsSql(7),
      hourCountsSql(7, 1000, eventHoursSql(DUCKDB, 7, 1000)),
    ]);
  });

  it("reads bodies of an older version as the upcast would have made them", () => {
    const facts = factTable("facts_0", visit2!, [regions!]);
    expect(overVersion(regions!.by[0]!.expression, visit2!, 1)).toMatchObject({
      kind: "call",
      name: "concat",
    });
    return expectGolden("upcast", [
      factsSql(facts, [
        { version: 1, revisions: [1] },
        { version: 2, revisions: [2, 3] },
      ]),
    ]);
  });

  it("counts windows exactly and moves the baseline by those that changed", () => {
    const facts = factTable("facts_0", visit1!, [pages!, days!]);
    const on = (metric: typeof pages) => metric!.measures.find(({ name }) => name === metric!.trend!.on)!;
    const users: TrendSource = {
      metric: pages!,
      on: on(pages),
      facts,
      generation: 7,
      parentMembers: parquet(["/lake/members.parquet"]),
      parentWindows: parquet(["/lake/windows.parquet"]),
    };
    const visits: TrendSource = { ...users, metric: days!, on: on(days), parentMembers: null };
    return expectGolden("trend", [
      membersSql("member_0", users),
      windowsSql("window_0", users, "member_0"),
      windowsSql("window_1", visits, null),
      baselineSql("baseline_1", {
        metric: days!,
        dialect: DUCKDB,
        parentBaseline: parquet(["/lake/baseline.parquet"]),
        parentWindows: parquet(["/lake/windows.parquet", "/lake/earlier.parquet"]),
        untouchedWindows: parquet(["/lake/earlier.parquet"]),
        windows: "window_1",
        parentToExclusiveMs: "1000",
        toExclusiveMs: "2000",
        slots: "slot_1",
      }),
    ]);
  });
});
