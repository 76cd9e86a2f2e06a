import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { jobName, sparkJobOf, toJobArguments } from "./jobArguments.js";

const job = toJobArguments(sparkJobOf("s3://b/lake/", jobName({ generation: 7, job: 2 })));

it("names a job's documents below the lake, and gives each place by its flag", () => {
  expect(job).toEqual([
    "--sql",
    "s3://b/lake/generations/spark/7/2/job.json",
    "--raw",
    "s3://b/lake/raw/",
    "--out",
    "s3://b/lake/generations/",
    "--cut",
    "s3://b/lake/generations/spark/7/2/cut.json",
  ]);
});

it("has the flags that the driver asks for, and no others", () => {
  const driver = readFileSync(new URL("driver.py", import.meta.url), "utf8");
  const names = /for name in \(([^)]+)\):\n\s+parser\.add_argument\(f"--\{name\}"/.exec(driver)?.[1];
  const asked = [...(names ?? "").matchAll(/"(\w+)"/g)].map(([, name]) => `--${name}`);
  expect(job.filter((_, index) => index % 2 === 0)).toEqual(asked);
});
