import { copyFile, readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { makeDirectory, syncFile } from "../lake/durable.js";

const isGone = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "ENOENT";

/** Files below a directory, hidden ones left out, as relative paths. */
export const filesBelow = async (dir: string): Promise<readonly string[]> => {
  const found: string[] = [];
  const visit = async (below: string): Promise<void> => {
    for (const entry of await readdir(join(dir, below), { withFileTypes: true })) {
      if (entry.name.startsWith(".")) continue;
      const path = join(below, entry.name);
      if (entry.isDirectory()) await visit(path);
      else found.push(path);
    }
  };
  await visit("");
  return found.sort();
};

export const bytesBelow = async (dir: string): Promise<number> => {
  let bytes = 0;
  for (const path of await filesBelow(dir)) bytes += (await stat(join(dir, path))).size;
  return bytes;
};

const isThere = async (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );

/** LMDB's, of those processes that have the directory open. */
const LOCK_FILE = "lock.mdb";

/** Copies what the target does not have yet; a file that is removed meanwhile is left out. */
export const copyNewFiles = async (from: string, to: string): Promise<void> => {
  await makeDirectory(to);
  for (const path of await filesBelow(from)) {
    const target = join(to, path);
    if (basename(path) === LOCK_FILE || (await isThere(target))) continue;
    await makeDirectory(dirname(target));
    try {
      await copyFile(join(from, path), target);
    } catch (error) {
      if (isGone(error)) continue;
      throw error;
    }
    await syncFile(target);
  }
};
