import { randomUUID } from "node:crypto";
import { resolve } from "node:path";
import type { DataStore } from "./dataStore.js";
import { layoutOf } from "./directory/layout.js";
import { createEmbeddedDeadLetters } from "./documents/embeddedDeadLetters.js";
import { createEmbeddedTrends } from "./documents/trend/embeddedTrends.js";
import { asStorageError, StorageError } from "./errors.js";
import {
  FORMAT_VERSION,
  readFormat,
  refuseForeign,
  requireThisFormat,
  writeFormat,
} from "./directory/format.js";
import { guardLakeIdentity, refuseNewLogBesideOldLake } from "./directory/lakeIdentity.js";
import { createEmbeddedIncrements } from "./increments/embeddedIncrements.js";
import { makeDirectory } from "./lake/durable.js";
import { openDirectoryLake } from "./lake/directoryLake.js";
import { createEmbeddedLeases } from "./lease/embeddedLeases.js";
import { thisProcess } from "./lease/processIdentity.js";
import { type Environment, openEnvironment } from "./lmdb/environment.js";
import { openEmbeddedLog } from "./log/embeddedLog.js";
import type { LogCreation } from "./log/identity.js";
import { DIRECTORY_PACE } from "./pace.js";
import { createEmbeddedRecords } from "./records/embeddedRecords.js";

/** All that one machine keeps, in one directory; several processes and threads may have it open at once. */
export interface DataDirectory extends DataStore {
  readonly dir: string;
}

export interface DataDirectoryOptions {
  /** Makes the directory where there is none; see `openEmbeddedLog` for what it means where there is one. */
  readonly create?: LogCreation | undefined;
  /** The log's arrival clock and the leases' clock. */
  readonly now?: () => number;
}

/** @throws StorageError with a kind, before anything is changed. */
export const openDataDirectory = async (
  directory: string,
  { create, now = Date.now }: DataDirectoryOptions = {},
): Promise<DataDirectory> => {
  const dir = resolve(directory);
  const layout = layoutOf(dir);
  const format = await readFormat(dir);
  if (format === null) {
    if (!create) {
      throw new StorageError(
        "missing",
        `there is no data directory at ${dir}; make one with \`freshet init\` or \`freshet dev\``,
      );
    }
    await refuseForeign(dir);
    await refuseNewLogBesideOldLake(layout);
  } else {
    requireThisFormat(dir, format.version);
  }
  const making = format === null;
  const opened: Environment[] = [];
  try {
    if (making) await makeDirectory(layout.lake);
    const logEnvironment = await openEnvironment(layout.log, { create: making });
    opened.push(logEnvironment);
    const tables = await openEnvironment(layout.tables, { create: making });
    opened.push(tables);
    const log = await openEmbeddedLog({ environment: logEnvironment, create, now, newId: randomUUID });
    const lake = await openDirectoryLake({ dir: layout.lake, now, newId: randomUUID });
    await guardLakeIdentity(layout, lake, log.identity);
    if (making) await writeFormat(dir, FORMAT_VERSION);
    return {
      dir,
      place: dir,
      pace: DIRECTORY_PACE,
      now,
      log,
      lake,
      increments: createEmbeddedIncrements(tables),
      records: createEmbeddedRecords(tables),
      leases: createEmbeddedLeases({ environment: tables, self: thisProcess(), now }),
      deadLetters: createEmbeddedDeadLetters({ environment: tables }),
      trends: createEmbeddedTrends(tables),
      async close() {
        await log.close();
        await tables.close();
      },
    };
  } catch (error) {
    for (const environment of opened) await environment.close();
    throw asStorageError(error, `opening ${dir}`);
  }
};
