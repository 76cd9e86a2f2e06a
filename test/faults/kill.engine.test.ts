import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { temporaryDirectory } from "../support/freshet.js";
import { sharedData } from "../support/sharedData.js";
import { expectUnharmed, replayWithKills } from "./kill.js";

const IDENTITIES = 266_103;
const file = sharedData("gharchive_minimized_10h.ndjson.gz");

describe.skipIf(file === null)("a replay that is killed fifty times (needs ../shared)", () => {
  const directory = temporaryDirectory();
  afterAll(() => directory.remove());

  it("goes on from where it was: same bodies, same answers as an unkilled run", async () => {
    const killed = join(directory.path, "killed");
    const report = await replayWithKills(file as string, killed, { seed: 50, kills: 50, withinMs: 3_000 });
    expect(report.inTheMiddle).toBeGreaterThanOrEqual(5);
    await expectUnharmed(file as string, directory.path, killed, IDENTITIES);
  }, 600_000);
});
