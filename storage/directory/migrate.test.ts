import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { contents, newPath, openData } from "../testing/dataDirectory.js";
import { directoryDigest } from "../testing/directoryDigest.js";
import { startProgram } from "../testing/program.js";
import { readFormat } from "./format.js";
import { migrateDataDirectory, type Migration } from "./migrate.js";

const fixture = join(import.meta.dirname, "..", "testing", "fixtures", "format-1");

describe("a data directory's formats", () => {
  it("still reads what format 1 wrote", async () => {
    const dir = await newPath();
    await cp(join(fixture, "data"), dir, { recursive: true });
    const { identity, letters, ...expected } = JSON.parse(
      await readFile(join(fixture, "contents.json"), "utf8"),
    ) as {
      readonly identity: object;
      readonly letters: { readonly letters: readonly object[]; readonly next: null };
    };
    expect(JSON.parse(JSON.stringify(await contents(await openData(dir, {}))))).toEqual({
      ...expected,
      // logs were made without a word on digests: all of them are compared
      identity: { ...identity, digest: "always" },
      // letters were not replayed then
      letters: {
        ...letters,
        letters: letters.letters.map((letter) => ({ ...letter, place: expect.any(String), replay: null })),
      },
    });
  });

  it("need no migration when they are this version's", async () => {
    const dir = await newPath();
    await (await openData(dir)).close();
    const digest = await directoryDigest(dir);
    expect(await migrateDataDirectory(dir, { dryRun: false })).toEqual({
      from: 1,
      to: 1,
      steps: [],
      done: false,
    });
    expect(await directoryDigest(dir)).toEqual(digest);
  });

  const step = (from: number, run: Migration["run"]): Migration => ({
    from,
    description: `from ${from}`,
    run,
  });

  it("are said first and brought forward step by step, going on after a step that failed", async () => {
    const dir = await newPath();
    await (await openData(dir)).close();
    const ran: number[] = [];
    let broken = true;
    const migrations = [
      step(2, async () => {
        if (broken) throw Object.assign(new Error("no space left"), { code: "ENOSPC" });
        ran.push(2);
      }),
      step(1, async (layout) => {
        await writeFile(join(layout.lake, "one"), "1");
        ran.push(1);
      }),
    ];
    const digest = await directoryDigest(dir);
    const plan = { from: 1, to: 3, steps: ["from 1", "from 2"] };
    expect(await migrateDataDirectory(dir, { dryRun: true, migrations, target: 3 })).toEqual({
      ...plan,
      done: false,
    });
    expect(await directoryDigest(dir)).toEqual(digest);
    await expect(migrateDataDirectory(dir, { dryRun: false, migrations, target: 3 })).rejects.toMatchObject({
      kind: "full",
    });
    expect((await readFormat(dir))?.version).toBe(2);
    broken = false;
    expect(await migrateDataDirectory(dir, { dryRun: false, migrations, target: 3 })).toEqual({
      from: 2,
      to: 3,
      steps: ["from 2"],
      done: true,
    });
    expect(ran).toEqual([1, 2]);
    expect((await readFormat(dir))?.version).toBe(3);
  });

  it("that no migration leads from, or that are newer, are refused, untouched", async () => {
    const dir = await newPath();
    await (await openData(dir)).close();
    for (const version of [0, 9]) {
      await writeFile(join(dir, "format.json"), JSON.stringify({ product: "freshet", version }));
      const digest = await directoryDigest(dir);
      await expect(migrateDataDirectory(dir, { dryRun: false })).rejects.toMatchObject({
        kind: "other_version",
      });
      expect(await directoryDigest(dir)).toEqual(digest);
    }
  });

  it("are not migrated under a running process", async () => {
    const dir = await newPath();
    await (await openData(dir)).close();
    const other = await startProgram("holdDataDirectory", [dir]);
    await other.lines.next();
    const options = { dryRun: false, migrations: [step(1, async () => {})], target: 2 };
    await expect(migrateDataDirectory(dir, options)).rejects.toMatchObject({
      kind: "in_use",
      message: expect.stringContaining(`${other.process.pid}`),
    });
    expect((await readFormat(dir))?.version).toBe(1);
    other.process.kill("SIGKILL");
    await other.exit;
    expect(await migrateDataDirectory(dir, options)).toMatchObject({ done: true });
  });
});
