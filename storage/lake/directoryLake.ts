import { open, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { asStorageError, StorageError } from "../errors.js";
import { thisProcess } from "../lease/processIdentity.js";
import { moveDurably, settleDurably } from "./durable.js";
import { checkLakeName, checkLakePath, checkLakePrefix } from "./path.js";
import type { Lake } from "./port.js";
import { createScratch } from "./scratch.js";

export interface DirectoryLakeOptions {
  readonly dir: string;
  readonly now: () => number;
  readonly newId: () => string;
}

/** Hidden, so that no lake path names it; beside the files, so that a move stays within one file system. */
const SCRATCH = ".scratch";

const codeOf = (error: unknown): unknown => (error instanceof Error && "code" in error ? error.code : null);
const isMissing = (error: unknown): boolean => codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR";

/** Files below one directory, atomically published and never changed. */
export const openDirectoryLake = async ({ dir, now, newId }: DirectoryLakeOptions): Promise<Lake> => {
  const scratch = await attempt(`opening the lake ${dir}`, async () => {
    const made = await createScratch(join(dir, SCRATCH), thisProcess(), newId);
    await made.clean(now());
    return made;
  });
  const file = (path: string): string => {
    checkLakePath(path);
    return join(dir, path);
  };
  const missing = (path: string): StorageError =>
    new StorageError(
      "missing",
      `the lake ${dir} has no file ${path}; restore a backup (\`freshet restore\`), or compute it again (\`freshet batch --rebuild\`)`,
    );

  /** Moves a finished file to its path; where one stands already it must be the same. */
  const settle = async (localFile: string, path: string): Promise<void> => {
    const target = file(path);
    const standing = await readIfThere(target);
    if (standing) {
      if (!standing.equals(await readFile(localFile))) {
        throw new StorageError(
          "mismatch",
          `the lake ${dir} has another file ${path} already: files never change; choose another path`,
        );
      }
      await rm(localFile);
      return;
    }
    await moveDurably(localFile, target);
  };

  return {
    put: (path, bytes) =>
      attempt(`writing ${path} to the lake ${dir}`, async () => {
        checkLakePath(path);
        const local = scratch.name("part");
        try {
          await writeFile(local, bytes, { flag: "wx" });
          await settle(local, path);
        } catch (error) {
          await rm(local, { force: true });
          throw error;
        }
      }),
    get: (path, range) =>
      attempt(`reading ${path} from the lake ${dir}`, async () => {
        try {
          return range
            ? await readRange(file(path), path, range.offset, range.length)
            : await readFile(file(path));
        } catch (error) {
          throw isMissing(error) ? missing(path) : error;
        }
      }),
    list: (prefix) =>
      attempt(`listing ${prefix} in the lake ${dir}`, async () => {
        checkLakePrefix(prefix);
        const base = prefix.endsWith("/") ? prefix.slice(0, -1) : dirname(prefix);
        const found = await filesBelow(dir, base === "." ? "" : base);
        return found.filter((path) => path.startsWith(prefix)).sort();
      }),
    remove: (path) => attempt(`removing ${path} from the lake ${dir}`, () => rm(file(path), { force: true })),
    scratch: async (extension) => {
      checkLakeName(extension);
      return scratch.name(extension);
    },
    publish: (localFile, path) =>
      attempt(`publishing ${path} in the lake ${dir}`, () => settle(localFile, path)),
    settle: (path) =>
      attempt(`settling ${path} in the lake ${dir}`, async () => {
        try {
          await settleDurably(file(path), dir);
        } catch (error) {
          throw isMissing(error) ? missing(path) : error;
        }
      }),
    local: (path) =>
      attempt(`finding ${path} in the lake ${dir}`, async () => {
        const target = file(path);
        const found = await stat(target).catch((error: unknown) => {
          throw isMissing(error) ? missing(path) : error;
        });
        if (!found.isFile()) throw missing(path);
        return target;
      }),
  };
};

const attempt = async <T>(tried: string, action: () => Promise<T>): Promise<T> => {
  try {
    return await action();
  } catch (error) {
    throw asStorageError(error, tried);
  }
};

const readIfThere = async (file: string): Promise<Buffer | null> =>
  readFile(file).catch((error: unknown) => {
    if (isMissing(error)) return null;
    throw error;
  });

const readRange = async (file: string, path: string, offset: number, length: number): Promise<Uint8Array> => {
  const handle = await open(file, "r");
  try {
    const bytes = Buffer.allocUnsafe(length);
    let at = 0;
    while (at < length) {
      const { bytesRead } = await handle.read(bytes, at, length - at, offset + at);
      if (bytesRead === 0) {
        throw new StorageError(
          "corrupt",
          `lake file ${path} ends at ${offset + at}, bytes ${offset} to ${offset + length} were asked for: it was cut short; restore a backup (\`freshet restore\`)`,
        );
      }
      at += bytesRead;
    }
    return bytes;
  } finally {
    await handle.close();
  }
};

const filesBelow = async (dir: string, base: string): Promise<string[]> => {
  const entries = await readdir(join(dir, base), { withFileTypes: true }).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  const found: string[] = [];
  for (const entry of entries) {
    if (entry.name.startsWith(".")) continue;
    const path = base === "" ? entry.name : `${base}/${entry.name}`;
    if (entry.isDirectory()) found.push(...(await filesBelow(dir, path)));
    else found.push(path);
  }
  return found;
};
