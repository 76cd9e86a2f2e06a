import type { DataDirectory, DuckDb } from "@freshet/storage";

/** Removes rows of the raw lake, as a lost object or a failed write would. Returns how many. */
export const loseRawRows = async (
  data: DataDirectory,
  duckdb: DuckDb,
  condition: string,
): Promise<number> => {
  const db = await duckdb.connect();
  let lost = 0;
  try {
    for (const path of await data.lake.list("raw/")) {
      const file = await data.lake.local(path);
      await db.run(
        `CREATE OR REPLACE TEMP TABLE kept AS SELECT *, (${condition}) AS lost FROM read_parquet('${file}')`,
      );
      const [{ count } = { count: 0 }] = await db.rows<{ count: number }>(
        "SELECT count(*) AS count FROM kept WHERE lost",
      );
      if (count === 0) continue;
      lost += count;
      await db.run(`COPY (SELECT * EXCLUDE (lost) FROM kept WHERE NOT lost) TO '${file}' (FORMAT parquet)`);
    }
  } finally {
    await db.close();
  }
  return lost;
};
