import type { DuckDBConnection } from "@duckdb/node-api";
import { createArrowWriter } from "./arrowWriter.js";
import type { ProcessSettings, Ran, RunLimits, SqlFormat } from "./messages.js";
import { createParquetWriter } from "./parquetWriter.js";
import { Refused } from "./refused.js";
import { CSV, createTextWriter, JSON_ROWS } from "./textWriter.js";
import type { ResultWriter } from "./writer.js";

const writerFor = (format: SqlFormat, file: string, settings: ProcessSettings): ResultWriter => {
  switch (format) {
    case "json":
      return createTextWriter(file, JSON_ROWS);
    case "csv":
      return createTextWriter(file, CSV);
    case "arrow":
      return createArrowWriter(file);
    case "parquet":
      return createParquetWriter(settings, file);
  }
};

const tooLarge = (bytes: number): Refused =>
  new Refused({ kind: "too_large", detail: `the answer has more than ${bytes} bytes` });

/** Runs a statement and writes as many of its rows as may be; what comes after them is never computed. */
export const run = async (
  connection: DuckDBConnection,
  sql: string,
  answer: { readonly format: SqlFormat; readonly file: string; readonly limits: RunLimits },
  settings: ProcessSettings,
): Promise<Ran> => {
  const { limits } = answer;
  const result = await connection.stream(sql);
  const types = result.columnTypes();
  const columns = result
    .columnNames()
    .map((name, index) => ({ name, type: types[index] as (typeof types)[0] }));
  const writer = writerFor(answer.format, answer.file, settings);
  let rows = 0;
  let truncated = false;
  try {
    await writer.begin(columns);
    while (!truncated) {
      const chunk = await result.fetchChunk();
      if (!chunk || chunk.rowCount === 0) break;
      truncated = rows + chunk.rowCount > limits.rows;
      if (truncated) chunk.rowCount = limits.rows - rows;
      rows += chunk.rowCount;
      if ((await writer.write(chunk)) > limits.bytes) throw tooLarge(limits.bytes);
    }
    const bytes = await writer.end();
    if (bytes > limits.bytes) throw tooLarge(limits.bytes);
    return {
      columns: columns.map(({ name, type }) => ({ name, type: type.toString() })),
      rows,
      bytes,
      truncated,
    };
  } catch (error) {
    await writer.abort();
    throw error;
  }
};
