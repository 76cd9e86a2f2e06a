import type { DuckDb, DuckDbOptions } from "./duckDb.js";

/** Opens an in-memory DuckDB. Its library is loaded at the first call: threads and commands that need none start without. */
export const openDuckDb = async (options: DuckDbOptions): Promise<DuckDb> => {
  const { openDuckDb: open } = await import("./duckDb.js");
  return open(options);
};
