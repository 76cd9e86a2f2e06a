import { spawnSync } from "node:child_process";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { openDataDirectory } from "./dataDirectory.js";
import { FORMAT_VERSION } from "./directory/format.js";
import { contents, fill, newPath, openData } from "./testing/dataDirectory.js";
import { directoryDigest } from "./testing/directoryDigest.js";
import { aCreation } from "./testing/embeddedLog.js";
import { compiled, startProgram, threadExit } from "./testing/program.js";

/** Whether this user may mount a small file system of their own. */
const canMount = (): boolean =>
  spawnSync("unshare", ["--map-root-user", "--mount", "sh", "-c", "mount -t tmpfs -o size=1m tmpfs /mnt"])
    .status === 0;

describe("a data directory", () => {
  it("keeps everything over a close and a new opening", async () => {
    const dir = await newPath();
    const first = await openData(dir);
    await fill(first, 500);
    const before = await contents(first);
    await first.close();
    const second = await openData(dir, {});
    expect(await contents(second)).toEqual(before);
    expect((await readdir(dir)).sort()).toEqual(["format.json", "lake", "log", "tables"]);
  });

  it("is opened by many at once, in one thread, and closed one by one", async () => {
    const dir = await newPath();
    const all = await Promise.all(Array.from({ length: 4 }, () => openData(dir)));
    expect(new Set(all.map((data) => data.log.identity.id)).size).toBe(1);
    await Promise.all(all.map((data, index) => data.records.replace(`${index}`, 0, index)));
    for (const data of all) {
      expect(await data.records.list("")).toHaveLength(4);
      await data.close();
      await data.close();
    }
    expect(await (await openData(dir, {})).records.list("")).toHaveLength(4);
  });

  it("is made once, and opened by the rest, when processes and threads make it at the same moment", async () => {
    const dir = await newPath();
    const programs = await Promise.all(
      Array.from({ length: 3 }, () => startProgram("makeDataDirectory", [dir])),
    );
    const program = await compiled("makeDataDirectory");
    const threads = Array.from({ length: 2 }, () => threadExit(new Worker(program, { argv: [dir] })));
    const exits = await Promise.all(programs.map((program) => program.exit));
    const ended = await Promise.all(threads);
    expect(exits.map(({ code, errors }) => ({ code, errors }))).toEqual(
      exits.map(() => ({ code: 0, errors: "" })),
    );
    expect(ended).toEqual([0, 0]);
    const data = await openData(dir, {});
    expect(await data.records.get("made")).toMatchObject({ revision: 5 });
  });

  it("is not made unless asked for, nor over other things", async () => {
    const dir = await newPath();
    await expect(openDataDirectory(dir)).rejects.toMatchObject({
      kind: "missing",
      message: expect.stringContaining("freshet init"),
    });
    await mkdir(dir);
    await writeFile(join(dir, "thesis.txt"), "");
    await expect(openDataDirectory(dir, { create: aCreation() })).rejects.toMatchObject({ kind: "mismatch" });
    expect(await readdir(dir)).toEqual(["thesis.txt"]);
  });

  it("goes on with a making that was interrupted", async () => {
    const dir = await newPath();
    const data = await openData(dir);
    const { identity } = data.log;
    await data.close();
    await rm(join(dir, "format.json"));
    await expect(openDataDirectory(dir)).rejects.toMatchObject({ kind: "missing" });
    expect((await openData(dir)).log.identity).toEqual(identity);
  });

  it.each([0, FORMAT_VERSION + 1])(
    "of format %i is refused, untouched, with the way out",
    async (version) => {
      const dir = await newPath();
      const data = await openData(dir);
      await fill(data, 10);
      await data.close();
      await writeFile(join(dir, "format.json"), JSON.stringify({ product: "freshet", version }));
      const before = await directoryDigest(dir);
      const opening = openDataDirectory(dir, { create: aCreation() });
      await expect(opening).rejects.toMatchObject({
        kind: "other_version",
        message: expect.stringContaining(version === 0 ? "freshet migrate" : "newer Freshet"),
      });
      expect(await directoryDigest(dir)).toEqual(before);
    },
  );

  it.each([
    ["{", "corrupt"],
    ['{"product":"other","version":1}', "mismatch"],
    ["null", "mismatch"],
  ])("whose format.json holds %s is refused as %s", async (content, kind) => {
    const dir = await newPath();
    await (await openData(dir)).close();
    await writeFile(join(dir, "format.json"), content);
    await expect(openDataDirectory(dir, { create: aCreation() })).rejects.toMatchObject({ kind });
  });

  it("refuses a log made anew beside an old lake, and another log's lake, with the way out", async () => {
    const dir = await newPath();
    const old = await openData(dir);
    await old.close();
    await rm(join(dir, "log"), { recursive: true });
    await expect(openDataDirectory(dir, { create: aCreation() })).rejects.toMatchObject({ kind: "missing" });
    await rm(join(dir, "format.json"));
    await expect(openDataDirectory(dir, { create: aCreation() })).rejects.toMatchObject({
      kind: "mismatch",
      message: expect.stringMatching(new RegExp(`${old.log.identity.id}.*restore`)),
    });
    expect(await readdir(dir)).not.toContain("log");

    const other = await newPath();
    await (await openData(other)).close();
    const lakeIdentity = join("lake", "log-identity.json");
    await writeFile(join(other, lakeIdentity), await readFile(join(dir, lakeIdentity)));
    const before = await directoryDigest(other);
    await expect(openDataDirectory(other)).rejects.toMatchObject({ kind: "mismatch" });
    expect(await directoryDigest(other)).toEqual(before);
  });

  it("refuses constants other than its own, and ignores another number of shards", async () => {
    const dir = await newPath();
    const data = await openData(dir, { create: aCreation({ shards: 3 }) });
    expect((await openData(dir, { create: aCreation({ shards: 7 }) })).log.identity).toEqual(
      data.log.identity,
    );
    await expect(openDataDirectory(dir, { create: aCreation({ segmentMs: 5 }) })).rejects.toMatchObject({
      kind: "mismatch",
    });
    await data.records.replace("still", 0, "usable");
  });

  it("stops clearly when a file cannot grow, and keeps what was acknowledged", {
    timeout: 30_000,
  }, async () => {
    const dir = await newPath();
    await (await openData(dir)).close();
    const program = await startProgram("fillLog", [dir], ["sh", "-c", 'ulimit -f 4000; exec "$@"', "sh"]);
    const outcome = JSON.parse((await program.lines.next()).value) as { message: string; last: number };
    expect(await program.exit).toMatchObject({ code: 0 });
    expect(outcome.message).toMatch(/appending to the log in .*data/);
    expect(outcome.last).toBeGreaterThan(100);
    const data = await openData(dir, {});
    const there = new Set<string>();
    for (const { id } of await data.log.shards()) {
      const { records } = await data.log.read(id, null, 1_000_000);
      for (const record of records) there.add(record.partitionKey);
    }
    for (let index = 0; index <= outcome.last; index++) expect(there.has(`${index}`)).toBe(true);
    await fill(data, 100);
  });

  it.runIf(canMount())(
    "says that the disk is full, and goes on when there is room again",
    { timeout: 30_000 },
    async () => {
      const mountPoint = await newPath();
      await mkdir(mountPoint);
      const script = 'mount -t tmpfs -o size=4m tmpfs "$1" && shift && exec "$@"';
      const program = await startProgram(
        "fillDisk",
        [mountPoint],
        ["unshare", "--map-root-user", "--mount", "sh", "-c", script, "sh", mountPoint],
      );
      const outcome = JSON.parse((await program.lines.next()).value) as unknown;
      expect(await program.exit).toMatchObject({ code: 0 });
      expect(outcome).toMatchObject({
        log: { kind: "full", message: expect.stringMatching(/appending .*acknowledged is safe/) },
        lake: { kind: "full", message: expect.stringMatching(/raw\/large/) },
        acknowledgedIsThere: true,
        goesOn: true,
      });
    },
  );
});
