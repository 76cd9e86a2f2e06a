import { randomUUID } from "node:crypto";
import { open, readdir, readFile } from "node:fs/promises";
import { moveDurably } from "../lake/durable.js";
import { asStorageError, StorageError } from "../errors.js";
import { layoutOf, PARTS } from "./layout.js";

/** Of the directory as a whole: raised with every change that an older Freshet could not read. */
export const FORMAT_VERSION = 1;

export interface DirectoryFormat {
  readonly product: "freshet";
  readonly version: number;
}

/** Null where there is none: no data directory, or one whose making was interrupted. */
export const readFormat = async (dir: string): Promise<DirectoryFormat | null> => {
  const file = layoutOf(dir).format;
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw asStorageError(error, `reading ${file}`);
  }
  return parseFormat(text, file);
};

const parseFormat = (text: string, file: string): DirectoryFormat => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new StorageError(
      "corrupt",
      `${file} is no JSON; nothing was changed; restore a backup (\`freshet restore\`)`,
      error,
    );
  }
  const { product, version } = (value ?? {}) as { product?: unknown; version?: unknown };
  if (product !== "freshet" || !Number.isInteger(version)) {
    throw new StorageError("mismatch", `${file} is not Freshet's; choose another data directory`);
  }
  return { product, version: version as number };
};

export const requireThisFormat = (dir: string, version: number): void => {
  if (version === FORMAT_VERSION) return;
  const way =
    version < FORMAT_VERSION
      ? "upgrade it with `freshet migrate` (`--dry-run` first)"
      : "use the newer Freshet that wrote it, or restore a backup of format " + FORMAT_VERSION;
  throw new StorageError(
    "other_version",
    `${dir} has data format ${version}, this version of Freshet uses ${FORMAT_VERSION}; nothing was changed; ${way}`,
  );
};

/** Written last: a directory without it was never complete. */
export const writeFormat = async (dir: string, version: number): Promise<void> => {
  const { format } = layoutOf(dir);
  const fresh = `${format}.${randomUUID()}`;
  const handle = await open(fresh, "w");
  try {
    const content: DirectoryFormat = { product: "freshet", version };
    await handle.writeFile(`${JSON.stringify(content, null, 2)}\n`);
  } finally {
    await handle.close();
  }
  await moveDurably(fresh, format);
};

/** A directory that holds other things is not made into a data directory. */
export const refuseForeign = async (dir: string): Promise<void> => {
  const entries = await readdir(dir).catch(() => []);
  const ours = (name: string): boolean =>
    PARTS.some((part) => part === name) || name.startsWith("format.json");
  const foreign = entries.filter((name) => !ours(name));
  if (foreign.length > 0) {
    throw new StorageError(
      "mismatch",
      `${dir} is no data directory, and holds other things (${foreign.slice(0, 3).join(", ")}); nothing was changed; name an empty or new directory`,
    );
  }
};
