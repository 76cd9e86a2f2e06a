import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import type { ProcessSettings } from "./messages.js";
import { quoteText } from "../../reader/settled/settledSql.js";

/** A database in memory that can read a few named files, and whose settings nobody can change any more. */
export interface Database {
  /** Ours: makes tables and views. */
  readonly own: DuckDBConnection;
  /** For one statement of somebody else's at a time; it cannot write. */
  asGuest<T>(action: (guest: DuckDBConnection) => Promise<T>): Promise<T>;
  close(): void;
}

/** DuckDB computes so much of a result ahead; long texts are not counted, so that it is a few chunks of rows. */
const AHEAD = "64KB";

/** Settings are locked before anything else is run on it. */
export const openDatabase = async (
  settings: ProcessSettings,
  files: readonly string[],
): Promise<Database> => {
  const instance = await DuckDBInstance.create(":memory:", {
    memory_limit: `${settings.memoryMb}MB`,
    threads: String(settings.threads),
    temp_directory: `${settings.directory}/spill`,
    max_temp_directory_size: `${settings.spillMb}MB`,
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    allow_community_extensions: "false",
    allow_unsigned_extensions: "false",
    allow_persistent_secrets: "false",
  });
  const own = await instance.connect();
  const guest = await instance.connect();
  await guest.run(`SET streaming_buffer_size = '${AHEAD}'`);
  await own.run("SET GLOBAL TimeZone = 'UTC'");
  await own.run(`SET GLOBAL allowed_paths = [${files.map(quoteText).join(", ")}]`);
  await own.run("SET GLOBAL enable_external_access = false");
  await own.run("SET GLOBAL lock_configuration = true");
  return {
    own,
    async asGuest(action) {
      await guest.run("BEGIN TRANSACTION READ ONLY");
      try {
        return await action(guest);
      } finally {
        await guest.run("ROLLBACK");
      }
    },
    close() {
      guest.closeSync();
      own.closeSync();
      instance.closeSync();
    },
  };
};
