import { randomUUID } from "node:crypto";
import { mkdir, rm, stat } from "node:fs/promises";
import { type DuckDBConnection, type DuckDBDataChunk, DuckDBInstance } from "@duckdb/node-api";
import { asStorageError } from "../../errors.js";
import { thisProcess } from "../../lease/processIdentity.js";
import { createScratch } from "../scratch.js";
import { insertColumns, insertRows } from "./bulkInsert.js";
import { createTurns } from "./turns.js";
import { bound, type SqlParameter } from "./parameters.js";
import { numberColumn, plainColumn } from "./plainValues.js";

/** Some rows of a result, read by column. Valid until the next chunk is asked for. */
export interface ColumnChunk {
  readonly rowCount: number;
  readonly names: readonly string[];
  /** Plain values (`plainValue`), null for NULL. */
  values(column: number): unknown[];
  /** A column of numbers; NaN for NULL, rounded past 2^53. */
  numbers(column: number): Float64Array;
}

/** One connection to an in-memory DuckDB. Calls on it take turns; work that should overlap takes a connection each. */
export interface DuckDb {
  /** Runs one or more statements; parameters belong to the last. */
  run(sql: string, parameters?: readonly SqlParameter[]): Promise<void>;
  /** All rows, plain (`plainValue`): for results that are meant to be held whole. */
  rows<T>(sql: string, parameters?: readonly SqlParameter[]): Promise<T[]>;
  /** Chunk by chunk, as DuckDB computes them. The connection is taken until the loop is left. */
  stream(sql: string, parameters?: readonly SqlParameter[]): AsyncIterableIterator<ColumnChunk>;
  /** Appends plain rows; columns of the table that are not named get NULL. */
  insertRows(table: string, columns: readonly string[], rows: readonly (readonly unknown[])[]): Promise<void>;
  /** The same, column by column: arrays or typed arrays of equal length. */
  insertColumns(table: string, columns: Readonly<Record<string, ArrayLike<unknown>>>): Promise<void>;
  /** Another connection to the same database; temporary tables are a connection's own. */
  connect(): Promise<DuckDb>;
  /** Makes the running statement fail. */
  interrupt(): void;
  /** After what runs has ended. Closing the first connection closes the database. */
  close(): Promise<void>;
}

export interface DuckDbOptions {
  readonly memoryMb: number;
  readonly threads: number;
  /** Where DuckDB spills to; it makes a directory of its own in it, and removes it when it closes. */
  readonly tempDir: string;
}

export const openDuckDb = async ({ memoryMb, threads, tempDir }: DuckDbOptions): Promise<DuckDb> => {
  const spill = await spillDirectory(tempDir);
  const instance = await DuckDBInstance.create(":memory:", {
    memory_limit: `${memoryMb}MB`,
    threads: String(threads),
    temp_directory: spill,
    // Extensions beyond those built in would be fetched from the network.
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
  });
  const first = await connected(instance, async () => {
    instance.closeSync();
    await rm(spill, { recursive: true, force: true });
  });
  await first.run("SET GLOBAL TimeZone = 'UTC'");
  return first;
};

const spillDirectory = async (tempDir: string): Promise<string> => {
  try {
    const scratch = await createScratch(tempDir, thisProcess(), randomUUID);
    const spill = scratch.name("duckdb");
    await mkdir(spill);
    await scratch.clean((await stat(spill)).mtimeMs);
    return spill;
  } catch (error) {
    throw asStorageError(error, `making a directory for DuckDB to spill to in ${tempDir}`);
  }
};

const SQL_SHOWN_MAX = 400;

const explained = (error: unknown, sql: string): Error => {
  const shown = sql.length > SQL_SHOWN_MAX ? `${sql.slice(0, SQL_SHOWN_MAX)} ...` : sql;
  return new Error(
    `DuckDB refused: ${error instanceof Error ? error.message : String(error)}\nin: ${shown}`,
    {
      cause: error,
    },
  );
};

const connected = async (instance: DuckDBInstance, closed: () => Promise<void>): Promise<DuckDb> => {
  const connection = await instance.connect();
  const turns = createTurns();
  const values = (parameters: readonly SqlParameter[] | undefined) => parameters?.map(bound);
  const explain = async <T>(sql: string, action: () => Promise<T>): Promise<T> => {
    try {
      return await action();
    } catch (error) {
      throw explained(error, sql);
    }
  };
  return {
    run: (sql, parameters) =>
      turns.take(() =>
        explain(sql, async () => {
          await connection.run(sql, values(parameters));
        }),
      ),
    rows: <T>(sql: string, parameters?: readonly SqlParameter[]) =>
      turns.take(() => explain(sql, () => allRows<T>(connection, sql, values(parameters)))),
    async *stream(sql, parameters) {
      const release = await turns.hold();
      try {
        const result = await explain(sql, () => connection.stream(sql, values(parameters)));
        const names = result.columnNames();
        for (;;) {
          const chunk = await explain(sql, () => result.fetchChunk());
          if (!chunk || chunk.rowCount === 0) return;
          yield columnChunk(chunk, names);
        }
      } finally {
        release();
      }
    },
    insertRows: (table, columns, rows) =>
      turns.take(() => explain(`insert into ${table}`, () => insertRows(connection, table, columns, rows))),
    insertColumns: (table, columns) =>
      turns.take(() => explain(`insert into ${table}`, () => insertColumns(connection, table, columns))),
    connect: () => connected(instance, async () => {}),
    interrupt: () => connection.interrupt(),
    close: () =>
      turns.end(async () => {
        connection.closeSync();
        await closed();
      }),
  };
};

const columnChunk = (chunk: DuckDBDataChunk, names: readonly string[]): ColumnChunk => ({
  rowCount: chunk.rowCount,
  names,
  values: (column) => plainColumn(chunk.getColumnVector(column)),
  numbers: (column) => numberColumn(chunk.getColumnVector(column)),
});

const allRows = async <T>(
  connection: DuckDBConnection,
  sql: string,
  parameters: ReturnType<typeof bound>[] | undefined,
): Promise<T[]> => {
  const result = await connection.stream(sql, parameters);
  const names = result.deduplicatedColumnNames();
  const rows: T[] = [];
  for await (const chunk of result) {
    const columns = names.map((_, column) => plainColumn(chunk.getColumnVector(column)));
    for (let row = 0; row < chunk.rowCount; row++) {
      const object: Record<string, unknown> = {};
      for (let column = 0; column < names.length; column++) {
        object[names[column] as string] = (columns[column] as unknown[])[row];
      }
      rows.push(object as T);
    }
  }
  return rows;
};
