import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { toJobArguments } from "@freshet/batch-layer";
import { expect, it } from "vitest";
import { sparkJobOf } from "./sparkJob.js";

const job = toJobArguments(sparkJobOf("s3://b/lake/", "run-7"));

it("names a run's documents below the lake, and gives each place by its flag", () => {
  expect(job).toEqual([
    "--sql",
    "s3://b/lake/batch-runs/run-7/job.json",
    "--raw",
    "s3://b/lake/raw/",
    "--out",
    "s3://b/lake/generations/",
    "--cut",
    "s3://b/lake/batch-runs/run-7/cut.json",
  ]);
});

it("has the flags that the driver asks for, and no others", () => {
  const driver = createRequire(import.meta.url).resolve("@freshet/batch-layer/spark/driver.py");
  const names = /for name in \(([^)]+)\):\n\s+parser\.add_argument\(f"--\{name\}"/.exec(
    readFileSync(driver, "utf8"),
  )?.[1];
  const asked = [...(names ?? "").matchAll(/"(\w+)"/g)].map(([, name]) => `--${name}`);
  expect(job.filter((_, index) => index % 2 === 0)).toEqual(asked);
});
