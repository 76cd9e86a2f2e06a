import { createReadStream, createWriteStream } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { temporaryDirectory } from "../support/freshet.js";
import { sharedData } from "../support/sharedData.js";
import { expectUnharmed, replayWithKills } from "./kill.js";

const LINES = 60_000;
const file = sharedData("gharchive_minimized_10h.ndjson.gz");

/** The last lines of the file: its newest hours, small enough for five starts. */
const tail = async (source: string, target: string): Promise<number> => {
  const lines: string[] = [];
  for await (const line of createInterface({ input: createReadStream(source).pipe(createGunzip()) })) {
    lines.push(line);
    if (lines.length > 2 * LINES) lines.splice(0, LINES);
  }
  const kept = lines.slice(-LINES);
  const out = createWriteStream(target);
  out.write(`${kept.join("\n")}\n`);
  await new Promise((resolve) => out.end(resolve));
  return new Set(kept.map((line) => (JSON.parse(line) as { id: string }).id)).size;
};

describe.skipIf(file === null)("a replay that is killed (needs ../shared)", () => {
  const directory = temporaryDirectory();
  afterAll(() => directory.remove());

  it("goes on from where it was: same bodies, same answers as an unkilled run", async () => {
    const source = join(directory.path, "tail.ndjson");
    const identities = await tail(file as string, source);
    const killed = join(directory.path, "killed");
    const report = await replayWithKills(source, killed, { seed: 20_26, kills: 5, withinMs: 2_500 });
    expect(report.inTheMiddle).toBeGreaterThanOrEqual(2);
    await expectUnharmed(source, directory.path, killed, identities);
  }, 240_000);
});
