import { stat } from "node:fs/promises";
import {
  type DuckDBAppender,
  type DuckDBConnection,
  DuckDBInstance,
  type DuckDBType,
} from "@duckdb/node-api";
import { quoteName, quoteText } from "../../reader/settled/settledSql.js";
import type { ProcessSettings } from "./messages.js";
import type { ResultWriter } from "./writer.js";

const ROW_BYTES_GUESS = 8;

/** Parquet has no integers of 128 bits: DuckDB would write doubles. */
const writtenAs = (name: string, type: DuckDBType): string => {
  const text = type.toString();
  const column = quoteName(name);
  return text === "HUGEINT" || text === "UHUGEINT" ? `${column}::DECIMAL(38,0) AS ${column}` : column;
};

const distinctNames = (names: readonly string[]): readonly string[] => {
  const used = new Set<string>();
  return names.map((wanted) => {
    let name = wanted;
    for (let number = 2; used.has(name.toLowerCase()); number++) name = `${wanted}_${number}`;
    used.add(name.toLowerCase());
    return name;
  });
};

/** By a database of its own, which no statement of a guest ever reaches: chunks go over as they are. */
export const createParquetWriter = (settings: ProcessSettings, file: string): ResultWriter => {
  let instance: DuckDBInstance | null = null;
  let connection: DuckDBConnection | null = null;
  let appender: DuckDBAppender | null = null;
  let select = "";
  let guessed = 0;
  const close = async (): Promise<void> => {
    appender?.closeSync();
    connection?.closeSync();
    instance?.closeSync();
    [appender, connection, instance] = [null, null, null];
  };
  return {
    async begin(columns) {
      instance = await DuckDBInstance.create(":memory:", {
        memory_limit: `${settings.memoryMb}MB`,
        threads: "1",
        temp_directory: `${settings.directory}/export`,
        max_temp_directory_size: `${settings.spillMb}MB`,
      });
      connection = await instance.connect();
      await connection.run("SET GLOBAL TimeZone = 'UTC'");
      const names = distinctNames(columns.map(({ name }) => name));
      const defined = columns.map(
        ({ type }, index) => `${quoteName(names[index] as string)} ${type.toString()}`,
      );
      await connection.run(`CREATE TABLE result (${defined.join(", ")})`);
      select = columns.map(({ type }, index) => writtenAs(names[index] as string, type)).join(", ");
      appender = await connection.createAppender("result");
    },
    async write(chunk) {
      appender?.appendDataChunk(chunk);
      guessed += chunk.rowCount * chunk.columnCount * ROW_BYTES_GUESS;
      return guessed;
    },
    async end() {
      appender?.closeSync();
      appender = null;
      await connection?.run(
        `COPY (SELECT ${select} FROM result) TO ${quoteText(file)} (FORMAT parquet, COMPRESSION zstd)`,
      );
      await close();
      return (await stat(file)).size;
    },
    abort: close,
  };
};
