import { resolve } from "node:path";
import { asStorageError, StorageError, type StorageErrorKind } from "../errors.js";
import { checkDataFile } from "../lmdb/dataFile.js";
import { dataFile, type Environment, openEnvironment } from "../lmdb/environment.js";
import { verifyBlocks } from "../log/embeddedVerify.js";
import { logTables, readIdentity } from "../log/logStore.js";
import type { LogIdentity } from "../log/port.js";
import { bytesBelow } from "./filesBelow.js";
import { readFormat, requireThisFormat } from "./format.js";
import { refuseOtherLake } from "./lakeIdentity.js";
import { layoutOf } from "./layout.js";

export interface Problem {
  readonly part: "format" | "log" | "tables" | "lake";
  readonly kind: StorageErrorKind;
  readonly message: string;
}

export interface DirectoryInspection {
  readonly dir: string;
  /** Null where there is no data directory. */
  readonly format: number | null;
  readonly identity: LogIdentity | null;
  /** Records that the log holds and whose blocks are sound. */
  readonly records: number;
  readonly bytes: { readonly log: number; readonly tables: number; readonly lake: number };
  /** Other processes that have it open. */
  readonly openBy: readonly number[];
  readonly problems: readonly Problem[];
}

/** Reads all of a data directory but the lake's files, and changes nothing; what is wrong is reported, not thrown. */
export const inspectDataDirectory = async (directory: string): Promise<DirectoryInspection> => {
  const dir = resolve(directory);
  const layout = layoutOf(dir);
  const problems: Problem[] = [];
  const attempt = async <T>(
    part: Problem["part"],
    otherwise: T,
    action: () => T | Promise<T>,
  ): Promise<T> => {
    try {
      return await action();
    } catch (error) {
      const known = asStorageError(error, `inspecting ${part} of ${dir}`);
      if (!(known instanceof StorageError)) throw known;
      problems.push({ part, kind: known.kind, message: known.message });
      return otherwise;
    }
  };
  const openPart = (part: "log" | "tables"): Promise<Environment | null> =>
    attempt(part, null, () => {
      checkDataFile(dataFile(layout[part]), { whole: true });
      return openEnvironment(layout[part], { create: false });
    });

  const format = await attempt("format", null, async () => {
    const found = await readFormat(dir);
    if (!found) throw new StorageError("missing", `there is no data directory at ${dir}`);
    return found.version;
  });
  const nothing = {
    dir,
    format,
    identity: null,
    records: 0,
    bytes: { log: 0, tables: 0, lake: 0 },
    openBy: [],
    problems,
  };
  if (format === null) return nothing;
  await attempt("format", undefined, () => requireThisFormat(dir, format));
  if (problems.length > 0) return nothing;

  const log = await openPart("log");
  const tables = await openPart("tables");
  const identity = log && (await attempt("log", null, () => readIdentity(logTables(log).meta)));
  const records = log ? await attempt("log", 0, () => verifyBlocks(logTables(log).blocks)) : 0;
  if (identity) await attempt("lake", false, () => refuseOtherLake(layout, identity));
  const bytes = {
    log: await attempt("log", 0, () => bytesBelow(layout.log)),
    tables: await attempt("tables", 0, () => bytesBelow(layout.tables)),
    lake: await attempt("lake", 0, () => bytesBelow(layout.lake)),
  };
  const openBy = [...new Set([log, tables].flatMap((part) => part?.otherProcesses() ?? []))];
  for (const part of [log, tables]) await part?.close();
  return { dir, format, identity, records, bytes, openBy, problems };
};
