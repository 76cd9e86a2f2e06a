import { chmod, readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openDataDirectory } from "../dataDirectory.js";
import { fill, newPath, openData } from "../testing/dataDirectory.js";
import { directoryDigest } from "../testing/directoryDigest.js";
import { startProgram } from "../testing/program.js";
import { inspectDataDirectory } from "./inspect.js";

describe("an inspection", () => {
  it("finds nothing wrong with a sound directory, counts what it holds, and changes nothing", async () => {
    const dir = await newPath();
    const data = await openData(dir);
    await fill(data, 3000);
    await data.close();
    const digest = await directoryDigest(dir);
    const report = await inspectDataDirectory(dir);
    expect(report).toMatchObject({
      format: 1,
      identity: data.log.identity,
      records: 3000,
      openBy: [],
      problems: [],
    });
    expect(Math.min(report.bytes.log, report.bytes.tables, report.bytes.lake)).toBeGreaterThan(1000);
    expect(await directoryDigest(dir)).toEqual(digest);
  });

  it("works beside those who use the directory, and names other processes", async () => {
    const dir = await newPath();
    const data = await openData(dir);
    await fill(data, 100);
    const other = await startProgram("holdDataDirectory", [dir]);
    await other.lines.next();
    expect(await inspectDataDirectory(dir)).toMatchObject({
      records: 100,
      openBy: [other.process.pid],
      problems: [],
    });
    await fill(data, 100);
    expect(await inspectDataDirectory(dir)).toMatchObject({ records: 200, problems: [] });
  });

  it("reports what is missing, of another version, or damaged", async () => {
    const dir = await newPath();
    expect(await inspectDataDirectory(dir)).toMatchObject({
      format: null,
      problems: [{ part: "format", kind: "missing" }],
    });
    const data = await openData(dir);
    await fill(data, 3000);
    await data.close();
    const tables = join(dir, "tables", "data.mdb");
    const sound = await readFile(tables);
    await truncate(tables, sound.length / 2);
    await writeFile(join(dir, "lake", "log-identity.json"), "{");
    expect(await inspectDataDirectory(dir)).toMatchObject({
      records: 3000,
      problems: [
        { part: "tables", kind: "corrupt", message: expect.stringContaining("tables/data.mdb") },
        { part: "lake", kind: "corrupt" },
      ],
    });
    await writeFile(join(dir, "format.json"), JSON.stringify({ product: "freshet", version: 7 }));
    expect(await inspectDataDirectory(dir)).toMatchObject({
      format: 7,
      problems: [{ part: "format", kind: "other_version" }],
    });
  });
});

describe("a damaged table file", () => {
  const damages: readonly (readonly [string, (file: string) => Promise<void>])[] = [
    ["emptied", (file) => truncate(file, 0)],
    ["cut after its first page", (file) => truncate(file, 4096)],
    ["cut in half", async (file) => truncate(file, (await readFile(file)).length / 2)],
    ["overwritten with text", async (file) => writeFile(file, "no table file ".repeat(5000))],
    ["overwritten with zeros", async (file) => writeFile(file, Buffer.alloc((await readFile(file)).length))],
  ];
  it.each(damages)("that was %s is refused at the opening, untouched", async (_, damage) => {
    const dir = await newPath();
    const data = await openData(dir);
    await fill(data, 1000);
    await data.close();
    for (const part of ["log", "tables"]) {
      const file = join(dir, part, "data.mdb");
      const sound = await readFile(file);
      await damage(file);
      const digest = await directoryDigest(dir);
      await expect(openDataDirectory(dir)).rejects.toMatchObject({
        kind: "corrupt",
        message: expect.stringContaining(file),
      });
      expect(await directoryDigest(dir)).toEqual(digest);
      await writeFile(file, sound);
    }
    await (await openData(dir, {})).records.get("x");
  });

  it.skipIf(process.getuid?.() === 0)("that may not be read is refused as unreadable", async () => {
    const dir = await newPath();
    await (await openData(dir)).close();
    await chmod(join(dir, "log", "data.mdb"), 0o000);
    await expect(openDataDirectory(dir)).rejects.toMatchObject({ kind: "unreadable" });
  });

  it("with bytes changed anywhere ends no process: it is refused, reported, or the change does not matter", {
    timeout: 60_000,
  }, async () => {
    const dir = await newPath();
    const data = await openData(dir);
    await fill(data, 4000);
    await data.close();
    const ROUNDS = 60;
    const program = await startProgram("readDamaged", [dir, await newPath(), String(ROUNDS), "20261121"]);
    const counts = JSON.parse((await program.lines.next()).value ?? "{}") as Record<string, number>;
    expect(await program.exit).toEqual({ code: 0, signal: null, errors: "" });
    expect(counts.wrong).toBe(0);
    expect(counts.refused ?? 0).toBeGreaterThan(ROUNDS / 4);
    expect((counts.refused ?? 0) + (counts.harmless ?? 0)).toBe(ROUNDS);
  });
});
