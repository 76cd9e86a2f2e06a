import { join } from "node:path";
import { afterAll, beforeAll, describe, it } from "vitest";
import { freshetJson, temporaryDirectory } from "../support/freshet.js";
import { expectSameGenerations } from "../support/sameGenerations.js";
import { sharedData } from "../support/sharedData.js";
import { APP, EVENTS, expectAnswersOf, expectLedger } from "./expectations.js";
import { githubOracle, type Oracle } from "./oracle.js";

const file = sharedData("gharchive_minimized_10h.ndjson.gz");

describe.skipIf(file === null)("the GitHub replay by Spark (needs ../shared)", () => {
  const directory = temporaryDirectory();
  let oracle: Oracle;
  beforeAll(async () => {
    oracle = await githubOracle([file as string]);
  });
  afterAll(() => {
    oracle.close();
    directory.remove();
  });

  it("answers as plain SQL does, and holds the groups, registers and bins that DuckDB counts", async () => {
    const data = join(directory.path, "whole");
    const common = ["--app", APP, "--data", data];
    await freshetJson("replay", file as string, ...common);
    await freshetJson("batch", "--engine", "spark", ...common);
    await expectLedger(data, EVENTS, 2);
    await expectAnswersOf(oracle, data, ["settled"]);
    await freshetJson("batch", "--rebuild", ...common);
    await expectSameGenerations(1, 2, common);
  }, 500_000);
});
