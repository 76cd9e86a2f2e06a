import { createReadStream, createWriteStream } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";
import { afterAll, beforeAll, describe, it } from "vitest";
import { freshetJson, temporaryDirectory } from "../support/freshet.js";
import { sharedData } from "../support/sharedData.js";
import { APP, EVENTS, expectAnswersOf, expectLedger } from "./expectations.js";
import { githubOracle, type Oracle } from "./oracle.js";

const file = sharedData("gharchive_minimized_10h.ndjson.gz");

/** The first `lines` of the file and the rest, as two plain files. */
const halves = async (source: string, directory: string, lines: number): Promise<[string, string]> => {
  const paths: [string, string] = [join(directory, "first.ndjson"), join(directory, "second.ndjson")];
  const outs = paths.map((path) => createWriteStream(path));
  let count = 0;
  for await (const line of createInterface({ input: createReadStream(source).pipe(createGunzip()) })) {
    outs[count++ < lines ? 0 : 1]!.write(`${line}\n`);
  }
  await Promise.all(outs.map((out) => new Promise((resolve) => out.end(resolve))));
  return paths;
};

describe.skipIf(file === null)("the GitHub replay (needs ../shared)", () => {
  const directory = temporaryDirectory();
  let oracle: Oracle;
  beforeAll(async () => {
    oracle = await githubOracle([file as string]);
  });
  afterAll(() => {
    oracle.close();
    directory.remove();
  });

  it("answers as plain SQL does before the batch run, and after it", async () => {
    const data = join(directory.path, "whole");
    await freshetJson("replay", file as string, "--app", APP, "--data", data);
    await expectLedger(data, EVENTS, 2);
    await expectAnswersOf(oracle, data, ["live"]);
    await freshetJson("batch", "--app", APP, "--data", data);
    await expectLedger(data, EVENTS, 2);
    await expectAnswersOf(oracle, data, ["settled"]);
  }, 240_000);

  it("answers as plain SQL does across the seam, with other shards", async () => {
    const data = join(directory.path, "seam");
    const [first, second] = await halves(file as string, directory.path, 140_000);
    await freshetJson("replay", first, "--shards", "3", "--app", APP, "--data", data);
    await freshetJson("batch", "--app", APP, "--data", data);
    await freshetJson("replay", second, "--app", APP, "--data", data);
    await expectLedger(data, EVENTS, 2);
    await expectAnswersOf(oracle, data, ["settled", "live"]);
    await freshetJson("batch", "--app", APP, "--data", data);
    await freshetJson("batch", "--rebuild", "--app", APP, "--data", data);
    await expectLedger(data, EVENTS, 2);
    await expectAnswersOf(oracle, data, ["settled"]);
  }, 240_000);
});
