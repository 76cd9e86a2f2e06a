import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { withLock } from "./lock.mjs";

const PROCESSES = 6;
const directory = mkdtempSync(join(tmpdir(), "freshet-lock-"));
const lock = join(directory, "lock");

/** Appends its begin and its end to a file, with the lock held between. */
const contender = () => {
  const program = `
    import { appendFileSync } from "node:fs";
    import { setTimeout as sleep } from "node:timers/promises";
    import { withLock } from ${JSON.stringify(new URL("./lock.mjs", import.meta.url).href)};
    await withLock(${JSON.stringify(lock)}, async () => {
      appendFileSync(${JSON.stringify(join(directory, "trace"))}, "begin ");
      await sleep(30);
      appendFileSync(${JSON.stringify(join(directory, "trace"))}, "end ");
    });`;
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ["--input-type=module", "-e", program], { stdio: "ignore" });
    child.on("close", resolve);
  });
};

describe("the lock of a preparation", () => {
  afterEach(() => rmSync(lock, { recursive: true, force: true }));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it("lets one process in at a time, also when all find a dead one's lock", async () => {
    mkdirSync(lock);
    const dead = spawn(process.execPath, ["-e", ""]);
    await new Promise((resolve) => dead.on("close", resolve));
    writeFileSync(join(lock, "pid"), String(dead.pid));
    const codes = await Promise.all(Array.from({ length: PROCESSES }, contender));
    expect(codes).toEqual(codes.map(() => 0));
    expect(readFileSync(join(directory, "trace"), "utf8")).toBe("begin end ".repeat(PROCESSES));
  });

  it("is let go of when the work fails", async () => {
    await expect(withLock(lock, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(existsSync(lock)).toBe(false);
  });

  it("passes over a lock whose owner died before it could write its name", async () => {
    mkdirSync(lock);
    utimesSync(lock, 0, 0);
    expect(await withLock(lock, () => Promise.resolve("in"))).toBe("in");
  });
});
