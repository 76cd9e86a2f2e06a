import { join } from "node:path";

/** The parts of a data directory. */
export interface Layout {
  readonly format: string;
  readonly log: string;
  readonly tables: string;
  readonly lake: string;
  /** In the lake's root: an old lake does not pass for a new log's. */
  readonly lakeIdentity: string;
}

/** The log's identity again, as a file of the lake. */
export const LAKE_IDENTITY = "log-identity.json";

export const PARTS = ["log", "tables", "lake"] as const;

export const layoutOf = (dir: string): Layout => ({
  format: join(dir, "format.json"),
  log: join(dir, "log"),
  tables: join(dir, "tables"),
  lake: join(dir, "lake"),
  lakeIdentity: join(dir, "lake", LAKE_IDENTITY),
});
