import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { SPARK_JOB_FLAGS, sparkJobArguments, sparkJobOf } from "./jobArguments.js";

it("names a run's places below the lake, and gives each to the driver by its flag", () => {
  expect(sparkJobArguments(sparkJobOf("s3://b/lake/", "run-7"))).toEqual([
    "--sql",
    "s3://b/lake/batch-runs/run-7/sql/",
    "--raw",
    "s3://b/lake/raw/",
    "--out",
    "s3://b/lake/batch-runs/run-7/out/",
    "--cut",
    "s3://b/lake/batch-runs/run-7/cut.json",
  ]);
});

it("has the flags that the driver takes", () => {
  const driver = readFileSync(new URL("driver.py", import.meta.url), "utf8");
  for (const flag of Object.values(SPARK_JOB_FLAGS)) expect(driver).toContain(`"${flag}"`);
});
