import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { parseStoreConfig, type StoreConfig } from "@freshet/storage";
import { EXIT, Failure } from "../output/failure.js";
import type { CommonOptions } from "./options.js";

/** Holds the path of a store file, or its JSON. */
const STORE = "FRESHET_STORE";

const parsed = (text: string, origin: string): StoreConfig => {
  try {
    return parseStoreConfig(text, origin);
  } catch (error) {
    throw new Failure(error instanceof Error ? error.message : String(error), EXIT.usage);
  }
};

/** What it says of this machine is relative to where it stands. */
const inFolder = (config: StoreConfig, folder: string): StoreConfig => {
  if (config.kind === "directory") return { ...config, dir: resolve(folder, config.dir) };
  const { spool, localDir } = config;
  return {
    ...config,
    localDir: resolve(folder, localDir),
    ...(spool?.kind === "disk" && { spool: { ...spool, dir: resolve(folder, spool.dir) } }),
  };
};

const readStoreFile = async (file: string): Promise<StoreConfig> => {
  const path = resolve(file);
  const text = await readFile(path, "utf8").catch((error: Error) => {
    throw new Failure(`cannot read the store file ${path}: ${error.message}`, EXIT.usage);
  });
  return inFolder(parsed(text, path), dirname(path));
};

/** Where the data lie: --store, else FRESHET_STORE, else the data directory. @throws Failure for a file that does not say it */
export const storeOf = async (
  { store, data }: Pick<CommonOptions, "store" | "data">,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<StoreConfig> => {
  const named = environment[STORE];
  if (store !== undefined) return readStoreFile(store);
  if (!named) return { kind: "directory", dir: resolve(data) };
  if (named.trimStart().startsWith("{")) return inFolder(parsed(named, STORE), ".");
  return readStoreFile(named);
};
