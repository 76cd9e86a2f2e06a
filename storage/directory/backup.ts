import { randomUUID } from "node:crypto";
import { mkdir, readdir, rename, rm, rmdir } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { asStorageError, StorageError } from "../errors.js";
import { makeDirectory, syncDirectory, syncFile } from "../lake/durable.js";
import { checkDataFile } from "../lmdb/dataFile.js";
import { dataFile, openEnvironment } from "../lmdb/environment.js";
import { copyNewFiles } from "./filesBelow.js";
import { FORMAT_VERSION, readFormat, requireThisFormat, writeFormat } from "./format.js";
import { layoutOf } from "./layout.js";

const requireEmpty = async (dir: string, tried: string): Promise<void> => {
  const entries = await readdir(dir).catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw asStorageError(error, tried);
  });
  if (entries.length > 0) {
    throw new StorageError(
      "mismatch",
      `${tried}: ${dir} is not empty; nothing was changed; name a new or empty directory`,
    );
  }
};

const requireData = async (dir: string, what: string): Promise<number> => {
  const format = await readFormat(dir);
  if (!format)
    throw new StorageError("missing", `${dir} is no ${what}: it has no format.json; check the path`);
  return format.version;
};

const copyTables = async (from: string, to: string): Promise<void> => {
  const environment = await openEnvironment(from, { create: false });
  try {
    await makeDirectory(to);
    await environment.copyTo(to);
    await syncFile(dataFile(to));
  } finally {
    await environment.close();
  }
};

/**
 * Copies a data directory to a new one while it is in use. The copy is as after a crash in the middle of it: files that
 * the tables name were there before (lake first, and once more after), the log holds at least what the tables have
 * seen (log last). `format.json` makes it complete.
 */
export const backupDataDirectory = async (directory: string, targetDirectory: string): Promise<void> => {
  const [dir, target] = [resolve(directory), resolve(targetDirectory)];
  const tried = `backing up ${dir} to ${target}`;
  requireThisFormat(dir, await requireData(dir, "data directory"));
  await requireEmpty(target, tried);
  const [from, to] = [layoutOf(dir), layoutOf(target)];
  try {
    await copyNewFiles(from.lake, to.lake);
    await copyTables(from.tables, to.tables);
    await copyNewFiles(from.lake, to.lake);
    await copyTables(from.log, to.log);
    await writeFormat(target, FORMAT_VERSION);
  } catch (error) {
    throw asStorageError(error, tried);
  }
};

/** Makes a data directory from a backup. It appears whole, under its name, or not at all. */
export const restoreDataDirectory = async (sourceDirectory: string, directory: string): Promise<void> => {
  const [source, dir] = [resolve(sourceDirectory), resolve(directory)];
  const tried = `restoring ${source} to ${dir}`;
  requireThisFormat(source, await requireData(source, "complete backup"));
  await requireEmpty(dir, tried);
  const from = layoutOf(source);
  for (const part of [from.log, from.tables]) checkDataFile(dataFile(part), { whole: true });
  const fresh = join(dirname(dir), `.${basename(dir)}.${randomUUID()}`);
  try {
    await mkdir(fresh, { recursive: true });
    await copyNewFiles(source, fresh);
    await rmdir(dir).catch(() => {});
    await rename(fresh, dir);
    await syncDirectory(dirname(dir));
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    throw asStorageError(error, tried);
  }
};
