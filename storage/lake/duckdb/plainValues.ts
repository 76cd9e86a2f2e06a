import {
  DuckDBArrayValue,
  DuckDBBlobValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBListVector,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBStructVector,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBUnionValue,
  type DuckDBValue,
  DuckDBVarCharVector,
  type DuckDBVector,
} from "@duckdb/node-api";
import { textColumn } from "./textColumn.js";

const fromBigInt = (value: bigint): number | bigint => {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
};

const plainObject = (entries: Readonly<Record<string, DuckDBValue>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(entries).map(([name, value]) => [name, plainValue(value)]));

const MICROS_PER_MS = 1000;
const NANOS_PER_MS = 1_000_000;

/**
 * As JavaScript has it: integers as number where safe, else bigint; timestamps as epoch milliseconds; lists as arrays,
 * structs as objects, maps as arrays of key and value, blobs as bytes; dates, intervals and the like as DuckDB's text.
 */
export const plainValue = (value: DuckDBValue): unknown => {
  if (typeof value === "bigint") return fromBigInt(value);
  if (value === null || typeof value !== "object") return value;
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue)
    return value.items.map(plainValue);
  if (value instanceof DuckDBStructValue) return plainObject(value.entries);
  if (value instanceof DuckDBMapValue) {
    return value.entries.map((entry) => ({ key: plainValue(entry.key), value: plainValue(entry.value) }));
  }
  if (value instanceof DuckDBBlobValue) return value.bytes;
  if (value instanceof DuckDBDecimalValue)
    return value.scale === 0 ? fromBigInt(value.value) : value.toDouble();
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue) {
    return Number(value.micros) / MICROS_PER_MS;
  }
  if (value instanceof DuckDBTimestampMillisecondsValue) return Number(value.millis);
  if (value instanceof DuckDBTimestampSecondsValue) return Number(value.seconds) * 1000;
  if (value instanceof DuckDBTimestampNanosecondsValue) return Number(value.nanos) / NANOS_PER_MS;
  if (value instanceof DuckDBUnionValue) return plainValue(value.value);
  return value.toString();
};

const structColumn = (vector: DuckDBStructVector): unknown[] => {
  const { entryNames } = vector.type;
  const entries = entryNames.map((_, index) => plainColumn(vector.entryVectorAt(index)));
  return Array.from({ length: vector.itemCount }, (_, row) =>
    vector.isItemValid(row)
      ? Object.fromEntries(entryNames.map((name, index) => [name, (entries[index] as unknown[])[row]]))
      : null,
  );
};

/** Items of all rows are read at once: a vector made for each row takes many times as long. */
const listColumn = (vector: DuckDBListVector): unknown[] => {
  const items = plainColumn(vector.childVector);
  const lists: unknown[] = new Array(vector.itemCount);
  for (let row = 0; row < lists.length; row++) {
    const offset = vector.getEntryOffset(row);
    // Of no list it is not said elsewhere that it is none: where an entry of NULL points to is undefined.
    lists[row] = vector["validity"].itemValid(row)
      ? items.slice(offset, offset + vector.getEntryLength(row))
      : null;
  }
  return lists;
};

/** All values of a vector, plain. Texts, lists and structs are read column by column, never value by value. */
export const plainColumn = (vector: DuckDBVector): unknown[] => {
  if (vector instanceof DuckDBListVector) return listColumn(vector);
  if (vector instanceof DuckDBStructVector) return structColumn(vector);
  if (vector instanceof DuckDBVarCharVector) return textColumn(vector);
  const count = vector.itemCount;
  const values: unknown[] = new Array(count);
  for (let row = 0; row < count; row++) values[row] = plainValue(vector.getItem(row));
  return values;
};

/** NaN for NULL. @throws TypeError when the column is not one of numbers. */
export const numberColumn = (vector: DuckDBVector): Float64Array => {
  const count = vector.itemCount;
  const values = new Float64Array(count);
  for (let row = 0; row < count; row++) {
    const value = plainValue(vector.getItem(row));
    if (value === null) values[row] = Number.NaN;
    else if (typeof value === "number" || typeof value === "bigint") values[row] = Number(value);
    else throw new TypeError(`a column of ${vector.type.toString()} holds no numbers`);
  }
  return values;
};
