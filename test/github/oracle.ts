import { DuckDBInstance } from "@duckdb/node-api";

export interface RepoCounts {
  readonly repo: string;
  readonly events: number;
  readonly stars: number;
  readonly actors: number;
}

export interface Oracle {
  /** Every repository with an event in [from, to), most events first, ties in byte order. */
  repos(from: string, to: string): Promise<RepoCounts[]>;
  types(from: string, to: string): Promise<{ type: string; events: number; actors: number }[]>;
  /** A repository's counts by step, only steps with events. */
  series(
    repo: string,
    from: string,
    to: string,
    stepMs: number,
  ): Promise<({ timeMs: number } & RepoCounts)[]>;
  close(): void;
}

/** What plain SQL over the files says: the same questions, none of our code. */
export const githubOracle = async (files: readonly string[]): Promise<Oracle> => {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const list = files.map((file) => `'${file.replaceAll("'", "''")}'`).join(", ");
  await connection.run(`
    CREATE TABLE e AS
    SELECT DISTINCT ON (id) id, epoch_ms(dt::TIMESTAMP) AS ms, repo, type, actor
    FROM read_json([${list}], format = 'newline_delimited',
      columns = {id: 'VARCHAR', dt: 'VARCHAR', repo: 'VARCHAR', type: 'VARCHAR', actor: 'VARCHAR'})`);
  const rows = async <T>(sql: string): Promise<T[]> =>
    (await connection.runAndReadAll(sql))
      .getRowObjects()
      .map((row) =>
        Object.fromEntries(
          Object.entries(row).map(([name, value]) => [
            name,
            typeof value === "bigint" ? Number(value) : value,
          ]),
        ),
      ) as T[];
  const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;
  const range = (from: string, to: string): string => `ms >= ${Date.parse(from)} AND ms < ${Date.parse(to)}`;
  const measures = `count(*) AS events, count(*) FILTER (type = 'watch') AS stars, count(DISTINCT actor) AS actors`;
  return {
    repos: (from, to) =>
      rows(
        `SELECT repo, ${measures} FROM e WHERE ${range(from, to)} GROUP BY repo ORDER BY events DESC, repo`,
      ),
    types: (from, to) =>
      rows(`SELECT type, count(*) AS events, count(DISTINCT actor) AS actors FROM e WHERE ${range(from, to)}
            GROUP BY type ORDER BY events DESC, type`),
    series: (repo, from, to, stepMs) =>
      rows(`SELECT ms // ${stepMs} * ${stepMs} AS "timeMs", repo, ${measures} FROM e
            WHERE repo = ${text(repo)} AND ${range(from, to)} GROUP BY ALL ORDER BY ALL`),
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
};
