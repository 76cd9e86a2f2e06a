import { randomUUID } from "node:crypto";
import { readdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startProgram } from "../testing/program.js";
import { temporaryDirectory } from "../testing/temporaryDirectory.js";
import { openDirectoryLake } from "./directoryLake.js";
import { lakeContract } from "./lake.contract.js";

const openLake = (dir: string) => openDirectoryLake({ dir, now: Date.now, newId: randomUUID });

lakeContract("the directory lake", async () => openLake(await temporaryDirectory()));

describe("the directory lake", () => {
  it("clears away what a killed process left half written, at once, and what is old, and nothing else", async () => {
    const dir = await temporaryDirectory();
    const lake = await openLake(dir);
    const own = await lake.scratch("parquet");
    await writeFile(own, "still being written");
    const other = await startProgram("scratchForever", [dir]);
    const left = (await other.lines.next()).value as string;
    const foreign = join(dir, ".scratch", "zzzz-1-1-another-machine.parquet");
    const old = join(dir, ".scratch", "zzzz-1-1-another-machine-long-ago.parquet");
    for (const file of [foreign, old]) await writeFile(file, "x");
    const longAgo = new Date(Date.now() - 48 * 60 * 60 * 1000);
    await utimes(old, longAgo, longAgo);

    const names = async () =>
      (await readdir(join(dir, ".scratch"))).map((name) => join(dir, ".scratch", name)).sort();
    await openLake(dir);
    expect(await names()).toEqual([own, left, foreign].sort());
    other.process.kill("SIGKILL");
    await other.exit;
    await openLake(dir);
    expect(await names()).toEqual([own, foreign].sort());
  });

  it("says that the disk is full, leaves nothing half published, and goes on when there is room", async () => {
    const dir = await temporaryDirectory();
    const program = await startProgram("fillLake", [dir], ["sh", "-c", 'ulimit -f 200; exec "$@"', "sh"]);
    const outcome = (await program.lines.next()).value;
    expect(await program.exit).toMatchObject({ code: 0, errors: "" });
    expect(JSON.parse(outcome)).toMatchObject({
      kind: "full",
      message: expect.stringContaining("files/large"),
    });
    const lake = await openLake(dir);
    expect(await lake.list("")).toEqual(["files/after", "files/small"]);
    expect(await readdir(join(dir, ".scratch"))).toEqual([]);
  });

  it("says what is wrong when its directory cannot be used", async () => {
    const file = join(await temporaryDirectory(), "file");
    await writeFile(file, "");
    await expect(openLake(file)).rejects.toMatchObject({ kind: "invalid" });
  });
});
