import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 100;
const WAIT_MAX_MS = 20 * 60_000;
/** A lock without an owner's name is one whose owner died between two system calls. */
const NAMELESS_MAX_MS = 5_000;

/** Runs `work` while no other live process of this machine runs it under the same lock directory. */
export const withLock = async (directory, work) => {
  const deadlineMs = Date.now() + WAIT_MAX_MS;
  let told = false;
  while (!acquire(directory)) {
    const owner = readOwner(directory);
    if (isStale(directory, owner)) breakStale(directory);
    else if (!told) {
      console.error(`Waiting for another preparation (process ${owner ?? "starting"}) ...`);
      told = true;
    }
    if (Date.now() > deadlineMs)
      throw new Error(`${directory} is still held; remove it if nothing is running`);
    await sleep(POLL_MS);
  }
  try {
    return await work();
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};

const acquire = (directory) => {
  if (!makeDirectory(directory)) return false;
  writeFileSync(join(directory, "pid"), String(process.pid));
  return true;
};

/** Under a second lock, and looking again: else two could each remove what they take for stale, one of them the other's new lock. */
const breakStale = (directory) => {
  const guard = `${directory}.breaking`;
  if (!makeDirectory(guard)) {
    if (ageMs(guard) > NAMELESS_MAX_MS) rmSync(guard, { recursive: true, force: true });
    return;
  }
  try {
    if (isStale(directory, readOwner(directory))) rmSync(directory, { recursive: true, force: true });
  } finally {
    rmSync(guard, { recursive: true, force: true });
  }
};

const isStale = (directory, owner) => (owner === null ? ageMs(directory) > NAMELESS_MAX_MS : !isAlive(owner));

const makeDirectory = (directory) => {
  try {
    mkdirSync(directory);
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
};

const readOwner = (directory) => {
  try {
    return Number(readFileSync(join(directory, "pid"), "utf8")) || null;
  } catch {
    return null;
  }
};

const ageMs = (directory) => {
  try {
    return Date.now() - statSync(directory).mtimeMs;
  } catch {
    return 0;
  }
};

const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
};
