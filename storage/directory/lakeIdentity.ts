import { access, readFile } from "node:fs/promises";
import { dataFile } from "../lmdb/environment.js";
import { StorageError } from "../errors.js";
import { identityFromJson } from "../log/logStore.js";
import type { Lake } from "../lake/port.js";
import type { LogIdentity } from "../log/port.js";
import { LAKE_IDENTITY, type Layout } from "./layout.js";

const readLakeIdentity = async (layout: Layout): Promise<LogIdentity | null> => {
  const text = await readFile(layout.lakeIdentity, "utf8").catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  });
  if (text === null) return null;
  try {
    return identityFromJson(text);
  } catch (error) {
    throw new StorageError(
      "corrupt",
      `${layout.lakeIdentity} is damaged; nothing was changed; restore a backup (\`freshet restore\`)`,
      error,
    );
  }
};

const WAY_OUT =
  "restore the log from a backup (`freshet restore`), or begin in a new directory and replay into it";

/** Call before a log is made. */
export const refuseNewLogBesideOldLake = async (layout: Layout): Promise<void> => {
  const old = await readLakeIdentity(layout);
  if (!old) return;
  const logIsThere = await access(dataFile(layout.log)).then(
    () => true,
    () => false,
  );
  if (logIsThere) return;
  throw new StorageError(
    "mismatch",
    `the lake ${layout.lake} belongs to the log ${old.id}, which is gone: a new log beside it would count anew from sequence 1; nothing was changed; ${WAY_OUT}`,
  );
};

/** @returns Whether the lake says to which log it belongs. */
export const refuseOtherLake = async (layout: Layout, identity: LogIdentity): Promise<boolean> => {
  const kept = await readLakeIdentity(layout);
  if (kept && kept.id !== identity.id) {
    throw new StorageError(
      "mismatch",
      `the lake ${layout.lake} belongs to the log ${kept.id}, the log ${layout.log} is ${identity.id}; nothing was changed; ${WAY_OUT}`,
    );
  }
  return kept !== null;
};

/** The lake keeps the identity of the log that it was made from; writes it where the lake has none yet. */
export const guardLakeIdentity = async (layout: Layout, lake: Lake, identity: LogIdentity): Promise<void> => {
  if (await refuseOtherLake(layout, identity)) return;
  await lake.put(LAKE_IDENTITY, Buffer.from(`${JSON.stringify(identity, null, 2)}\n`));
};
