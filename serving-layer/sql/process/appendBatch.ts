import {
  type DuckDBConnection,
  DuckDBDataChunk,
  type DuckDBType,
  DuckDBTypeId,
  type DuckDBValue,
  DuckDBDecimalValue,
  DuckDBVector,
  listValue,
} from "@duckdb/node-api";
import type { ColumnValues, RowBatch } from "./messages.js";

const DECIMAL_WIDTH = 38;

type Convert = (value: string | number | bigint | boolean | null) => DuckDBValue;

const converterFor = (type: DuckDBType): Convert => {
  if (type.typeId === DuckDBTypeId.BIGINT) return (value) => BigInt(value as number | bigint);
  if (type.typeId === DuckDBTypeId.DECIMAL)
    return (value) => new DuckDBDecimalValue(BigInt(value as number | bigint), DECIMAL_WIDTH, 0);
  return (value) => value;
};

const cellOf = (column: ColumnValues, type: DuckDBType): ((row: number) => DuckDBValue) => {
  if (column.kind === "values") {
    const convert = converterFor(type);
    return (row) => {
      const value = column.values[row] ?? null;
      return value === null ? null : convert(value);
    };
  }
  if (type.typeId !== DuckDBTypeId.LIST) throw new TypeError(`lists for a column of ${type.toString()}`);
  const convert = converterFor(type.valueType);
  return (row) => {
    const start = row === 0 ? 0 : (column.ends[row - 1] as number);
    return listValue(Array.from(column.values.subarray(start, column.ends[row]), convert));
  };
};

/** Appends rows to a table whose columns come in the batch's order. */
export const appendBatch = async (
  connection: DuckDBConnection,
  table: string,
  { rows, columns }: RowBatch,
): Promise<void> => {
  const appender = await connection.createAppender(table);
  const types = Array.from({ length: appender.columnCount }, (_, index) => appender.columnType(index));
  const cells = types.map((type, index) => cellOf(columns[index] as ColumnValues, type));
  const chunkRows = DuckDBVector.standardSize();
  for (let start = 0; start < rows; start += chunkRows) {
    const count = Math.min(chunkRows, rows - start);
    const chunk = DuckDBDataChunk.create(types, count);
    for (const [column, cell] of cells.entries()) {
      const vector = chunk.getColumnVector(column);
      for (let row = 0; row < count; row++) vector.setItem(row, cell(start + row));
      vector.flush();
    }
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
};
