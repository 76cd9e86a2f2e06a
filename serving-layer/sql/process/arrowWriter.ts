import { type FileHandle, open } from "node:fs/promises";
import { setImmediate as nextTurn } from "node:timers/promises";
import {
  DuckDBBlobValue,
  DuckDBDateValue,
  type DuckDBDataChunk,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBType,
  DuckDBTypeId,
  type DuckDBValue,
} from "@duckdb/node-api";
import type * as Arrow from "apache-arrow";
import { jsonCell } from "./cells.js";
import type { ResultWriter, WrittenColumn } from "./writer.js";

/** How one column goes over: its type, and each value as that type's builder takes it. */
interface ArrowColumn {
  readonly type: Arrow.DataType;
  readonly valueOf: (value: DuckDBValue) => unknown;
  /** Timestamps are put together as integers: their own builder takes milliseconds. */
  readonly builtAs?: Arrow.DataType;
}

const MS_PER_DAY = 86_400_000;
const same = (value: DuckDBValue): unknown => value;

const textOf = (value: DuckDBValue): unknown => {
  if (value === null) return null;
  const cell = jsonCell(value);
  return typeof cell === "object" ? JSON.stringify(cell) : String(cell);
};

/** What has no counterpart here is text: nested values as JSON, integers of 128 bits and decimals in digits. */
const arrowColumn = (arrow: typeof Arrow, type: DuckDBType): ArrowColumn => {
  switch (type.typeId) {
    case DuckDBTypeId.BOOLEAN:
      return { type: new arrow.Bool(), valueOf: same };
    case DuckDBTypeId.TINYINT:
    case DuckDBTypeId.SMALLINT:
    case DuckDBTypeId.INTEGER:
      return { type: new arrow.Int32(), valueOf: same };
    case DuckDBTypeId.UTINYINT:
    case DuckDBTypeId.USMALLINT:
    case DuckDBTypeId.UINTEGER:
      return { type: new arrow.Uint32(), valueOf: same };
    case DuckDBTypeId.BIGINT:
      return { type: new arrow.Int64(), valueOf: same };
    case DuckDBTypeId.UBIGINT:
      return { type: new arrow.Uint64(), valueOf: same };
    case DuckDBTypeId.FLOAT:
    case DuckDBTypeId.DOUBLE:
      return { type: new arrow.Float64(), valueOf: same };
    case DuckDBTypeId.DATE:
      return {
        type: new arrow.DateDay(),
        valueOf: (value) => (value instanceof DuckDBDateValue ? new Date(value.days * MS_PER_DAY) : null),
      };
    case DuckDBTypeId.TIMESTAMP:
      return {
        type: new arrow.TimestampMicrosecond(),
        builtAs: new arrow.Int64(),
        valueOf: (value) => (value instanceof DuckDBTimestampValue ? value.micros : null),
      };
    case DuckDBTypeId.TIMESTAMP_TZ:
      return {
        type: new arrow.TimestampMicrosecond("UTC"),
        builtAs: new arrow.Int64(),
        valueOf: (value) => (value instanceof DuckDBTimestampTZValue ? value.micros : null),
      };
    case DuckDBTypeId.BLOB:
      return {
        type: new arrow.Binary(),
        valueOf: (value) => (value instanceof DuckDBBlobValue ? value.bytes : null),
      };
    default:
      return { type: new arrow.Utf8(), valueOf: textOf };
  }
};

/** An Arrow IPC stream, a batch for each chunk. */
export const createArrowWriter = (file: string): ResultWriter => {
  let handle: FileHandle | null = null;
  let stream: Arrow.RecordBatchStreamWriter | null = null;
  let arrow: typeof Arrow | null = null;
  let schema: Arrow.Schema | null = null;
  let columns: readonly ArrowColumn[] = [];
  let pumped: Promise<void> = Promise.resolve();
  let bytes = 0;

  const batchOf = (library: typeof Arrow, of: Arrow.Schema, chunk: DuckDBDataChunk): Arrow.RecordBatch => {
    const children = columns.map(({ type, valueOf, builtAs }, index) => {
      const builder = library.makeBuilder({ type: builtAs ?? type, nullValues: [null] });
      for (const value of chunk.getColumnValues(index)) builder.append(valueOf(value));
      const built = builder.finish().flush();
      return builtAs === undefined ? built : built.clone(type);
    });
    const data = library.makeData({ type: new library.Struct(of.fields), length: chunk.rowCount, children });
    return new library.RecordBatch(of, data);
  };
  /** Takes what the stream gives as it comes, so that it never holds more than a few batches. */
  const pump = async (from: Arrow.RecordBatchStreamWriter, to: FileHandle): Promise<void> => {
    for await (const part of from) {
      await to.appendFile(part);
      bytes += part.length;
    }
  };
  const close = async (): Promise<void> => {
    await handle?.close();
    handle = null;
  };
  return {
    async begin(written: readonly WrittenColumn[]) {
      const library = await import("apache-arrow");
      arrow = library;
      columns = written.map(({ type }) => arrowColumn(library, type));
      schema = new library.Schema(
        written.map(({ name }, index) => new library.Field(name, (columns[index] as ArrowColumn).type, true)),
      );
      stream = new library.RecordBatchStreamWriter();
      stream.reset(undefined, schema);
      handle = await open(file, "wx");
      pumped = pump(stream, handle);
    },
    async write(chunk) {
      if (arrow && schema && chunk.rowCount > 0) stream?.write(batchOf(arrow, schema, chunk));
      await nextTurn();
      return bytes;
    },
    async end() {
      stream?.finish();
      await pumped;
      await close();
      return bytes;
    },
    async abort() {
      stream?.abort(null);
      await pumped.catch(() => undefined);
      await close();
    },
  };
};
