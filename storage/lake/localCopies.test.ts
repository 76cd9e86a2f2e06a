import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryDirectory } from "../testing/temporaryDirectory.js";
import { type CopySource, openLocalCopies } from "./localCopies.js";

const HOUR_MS = 3_600_000;

const openCopies = async (dir: string, clock: { nowMs: number }, bytesMax: number) => {
  let names = 0;
  return openLocalCopies({
    dir: join(dir, "copies"),
    bytesMax,
    now: () => clock.nowMs,
    scratch: () => join(dir, `scratch-${clock.nowMs}-${names++}`),
  });
};

const source = (content: string): CopySource => ({
  version: content,
  bytes: content.length,
  read: async (offset, length) => Buffer.from(content).subarray(offset, offset + length),
});

describe("local copies", () => {
  it("go when there are too many bytes: the least recently used first, none that was handed out within the hour", async () => {
    const clock = { nowMs: 1_800_000_000_000 };
    const copies = await openCopies(await temporaryDirectory(), clock, 250);
    const content = (letter: string) => source(letter.repeat(100));
    const files: string[] = [];
    for (const letter of ["a", "b", "c"]) {
      files.push(await copies.file(`${letter}.parquet`, content(letter)));
      clock.nowMs += 1000;
    }
    expect(files.map((file) => existsSync(file))).toEqual([true, true, true]);
    clock.nowMs += 2 * HOUR_MS;
    expect(await copies.file("a.parquet", content("a"))).toBe(files[0]);
    files.push(await copies.file("d.parquet", content("d")));
    expect(files.map((file) => existsSync(file))).toEqual([true, false, false, true]);
  });

  it("are found again by the next process, and are of one content each", async () => {
    const dir = await temporaryDirectory();
    const clock = { nowMs: 1_800_000_000_000 };
    const first = await (await openCopies(dir, clock, 1000)).file("x.json", source("one"));
    const unread: CopySource = {
      ...source("one"),
      read: () => Promise.reject(new Error("it is here already")),
    };
    const next = await openCopies(dir, clock, 1000);
    expect(await next.file("x.json", unread)).toBe(first);
    expect(await readFile(await next.file("x.json", source("two")), "utf8")).toBe("two");
    expect(await readFile(first, "utf8")).toBe("one");
  });

  it("leave nothing behind of a fetch that fails, and fetch again", async () => {
    const dir = await temporaryDirectory();
    const clock = { nowMs: 0 };
    const copies = await openCopies(dir, clock, 1000);
    const failing: CopySource = { ...source("one"), read: () => Promise.reject(new Error("reset")) };
    await expect(copies.file("x", failing)).rejects.toThrow("reset");
    expect(existsSync(join(dir, "scratch-0-0"))).toBe(false);
    expect(await readFile(await copies.file("x", source("one")), "utf8")).toBe("one");
  });
});
