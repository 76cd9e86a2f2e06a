import type { GenerationManifest } from "@freshet/model";
import { describe, expect, it } from "vitest";
import { metricsToKeep } from "../run/metricsToKeep.js";
import { firstApp, secondApp } from "../testing/apps.js";
import { scheduleOf } from "../testing/world.js";
import type { SparkStatement } from "./job.js";
import { planSpark } from "./plan.js";
import type { PlanOptions } from "./planned.js";

const schedule = scheduleOf({ app: firstApp }, { app: secondApp, fromMs: 1_000_000 });
const file = (path: string) => ({ path, day: "2026-03-28", rows: 1 });
const [pages] = firstApp.metrics;

/** A generation that holds the first metric and its trend. */
const parent = {
  generation: 6,
  newestTimeMs: 5_000,
  metrics: {
    [pages!.hash]: {
      name: pages!.name,
      files: [file("generations/data/p/2026-03-28/6.parquet")],
      trend: {
        on: "users",
        fromMs: 0,
        toExclusiveMs: 3_600_000,
        baseline: "generations/trend/p/baseline/6.parquet",
        windows: [file("generations/trend/p/windows/2026-03-28/6.parquet")],
        members: [file("generations/trend/p/members/2026-03-28/6.parquet")],
      },
    },
  },
} as unknown as GenerationManifest;

const options: PlanOptions = {
  log: "log's",
  segmentMs: 1000,
  horizonTicks: 120,
  generation: 7,
  history: false,
  rebuild: false,
  parent,
  schedule,
  metrics: metricsToKeep(schedule, -1),
  identities: ["generations/spark/7/identities-0.parquet"],
  batchThroughMs: 7_200_000,
  comparedGroupsMax: 4_096,
  folder: "spark/7/1/files",
  rowsOf: "spark-7-1",
};

const textOf = (statement: SparkStatement): string => {
  switch (statement.kind) {
    case "run":
      return statement.sql;
    case "table":
      return `-- table ${statement.name}\n${statement.sql}`;
    case "rows":
      return `-- rows ${statement.name}\n${statement.sql}`;
    case "files":
      return `-- files ${statement.folder}${statement.byDay ? ", by day" : ""}\n${statement.sql}`;
  }
};

// The same texts are run by Spark, against DuckDB, in generations.spark.engine.test.ts.
describe("the plan of a Spark job", () => {
  it("is the same SQL in Spark's dialect", async () => {
    const { statements } = planSpark(options);
    await expect(`${statements.map(textOf).join(";\n\n")};\n`).toMatchFileSnapshot("golden/job.sql");
  });

  it("reads of the parent what it adds to, and nothing when everything is counted again", () => {
    const { inputs, metrics } = planSpark(options);
    const at = metrics.find(({ kept }) => kept.definition.hash === pages!.hash)!.index;
    expect(inputs.map(({ name }) => name)).toEqual([
      "stored_identities",
      `stored_${at}`,
      `stored_windows_${at}`,
      `stored_members_${at}`,
      `stored_baseline_${at}`,
    ]);
    expect(planSpark({ ...options, history: true, rebuild: true, identities: [] }).inputs).toEqual([]);
  });

  it("uses nothing that only DuckDB knows", () => {
    const text = planSpark(options)
      .statements.map(({ sql }) => sql)
      .join("\n");
    for (const foreign of [
      "HUGEINT",
      "UINTEGER",
      "VARCHAR",
      "read_parquet",
      "ASOF",
      "BY NAME",
      "list_sort",
      "struct_pack",
      "json_extract",
      "FILTER (reason",
      "CREATE TEMP TABLE",
    ])
      expect(text).not.toContain(foreign);
  });
});
