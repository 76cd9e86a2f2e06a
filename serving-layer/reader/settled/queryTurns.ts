import type { DuckDb } from "@freshet/storage";

/** Runs an action with a DuckDB connection of its own, one of a few; the others wait in the order of asking. */
export type WithConnection = <T>(action: (duckdb: DuckDb) => Promise<T>) => Promise<T>;

const CONNECTIONS = 2;

export const createQueryTurns = async (
  duckdb: DuckDb,
): Promise<{ readonly withConnection: WithConnection; close(): Promise<void> }> => {
  const free: DuckDb[] = [];
  for (let index = 0; index < CONNECTIONS; index++) free.push(await duckdb.connect());
  const all = [...free];
  const waiting: ((connection: DuckDb) => void)[] = [];
  const take = (): Promise<DuckDb> => {
    const connection = free.pop();
    return connection ? Promise.resolve(connection) : new Promise((resolve) => waiting.push(resolve));
  };
  const give = (connection: DuckDb): void => {
    const next = waiting.shift();
    if (next) next(connection);
    else free.push(connection);
  };
  return {
    async withConnection(action) {
      const connection = await take();
      try {
        return await action(connection);
      } finally {
        give(connection);
      }
    },
    async close() {
      for (let index = 0; index < all.length; index++) await (await take()).close();
    },
  };
};
