import { randomUUID } from "node:crypto";
import type { DataDirectory, DuckDb } from "@freshet/storage";

/** Rows that are lost, and may be found again. */
export interface Loss {
  readonly rows: number;
  /** They turn up in an object of their own. */
  bringBack(): Promise<void>;
}

/** Removes rows of the raw lake, as a lost object or a failed write would. */
export const loseRawRows = async (data: DataDirectory, duckdb: DuckDb, condition: string): Promise<Loss> => {
  const db = await duckdb.connect();
  const found: { readonly file: string; readonly path: string }[] = [];
  let rows = 0;
  try {
    for (const path of await data.lake.list("raw/")) {
      const file = await data.lake.local(path);
      const source = `read_parquet('${file}', hive_partitioning = false)`;
      await db.run(`CREATE OR REPLACE TEMP TABLE kept AS SELECT *, (${condition}) AS lost FROM ${source}`);
      const [{ count } = { count: 0 }] = await db.rows<{ count: number }>(
        "SELECT count(*) AS count FROM kept WHERE lost",
      );
      if (count === 0) continue;
      rows += count;
      const saved = `${data.dir}-${randomUUID()}.parquet`;
      await db.run(`COPY (SELECT * EXCLUDE (lost) FROM kept WHERE lost) TO '${saved}' (FORMAT parquet)`);
      found.push({ file: saved, path: path.replace(".parquet", "00000.parquet") });
      await db.run(`COPY (SELECT * EXCLUDE (lost) FROM kept WHERE NOT lost) TO '${file}' (FORMAT parquet)`);
    }
  } finally {
    await db.close();
  }
  return {
    rows,
    async bringBack() {
      for (const { file, path } of found) await data.lake.publish(file, path);
    },
  };
};

/** The same stores, but the log holds nothing any more: repair finds nothing there. */
export const withTrimmedLog = (data: DataDirectory): DataDirectory => ({
  ...data,
  log: {
    ...data.log,
    read: async () => ({ records: [], atEnd: true, ended: null, trimmed: { firstAvailable: null } }),
  },
});
