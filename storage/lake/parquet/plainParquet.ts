import { type FileHandle, open } from "node:fs/promises";
import { createByteWriter } from "@freshet/model";
import type { PlainColumn } from "./columns.js";
import { encodeStruct, i32, i64, list, struct, text, type ThriftStruct } from "./thrift.js";

/*
 * Parquet files that are quick to write: uncompressed, one page of values a column and row group
 * (github.com/apache/parquet-format, parquet.thrift). They are scratch, for DuckDB to take in at once and write anew.
 */
const MAGIC = Buffer.from("PAR1");
const FORMAT_VERSION = 1;
const TYPES = { int32: 1, double: 5, text: 6 } as const;
const OPTIONAL = 1;
const UTF8 = 0;
const PLAIN = 0;
const RLE = 3;
const RLE_DICTIONARY = 8;
const UNCOMPRESSED = 0;
const DATA_PAGE = 0;
const DICTIONARY_PAGE = 2;

export type PlainKind = keyof typeof TYPES;

/** A column of the file; every value may be absent. */
export interface NamedColumn {
  readonly name: string;
  readonly kind: PlainKind;
  readonly column: PlainColumn;
}

interface Chunk {
  /** Null: it has none. */
  readonly dictionaryOffset: number | null;
  readonly offset: number;
  readonly bytes: number;
  readonly values: number;
}

interface RowGroup {
  readonly rows: number;
  readonly chunks: readonly Chunk[];
}

/** A file on its way, of columns that all have the same rows. */
export interface PlainParquet {
  /** Rows in the file so far, and those that the columns hold. */
  readonly rows: number;
  /** Bytes that the columns hold. */
  readonly heldBytes: number;
  /** Writes what the columns hold as a row group, and clears them. */
  writeRowGroup(): Promise<void>;
  /** Writes the rest. The file can be read from now on. */
  finish(): Promise<void>;
  /** Leaves the file as it is: no Parquet. */
  abandon(): Promise<void>;
}

/** Which rows are there: bit-packed levels of one bit, as a hybrid run. */
const levelsOf = ({ presence, rows }: PlainColumn): Buffer => {
  const groups = (rows + 7) >> 3;
  const header = createByteWriter();
  header.varint((groups << 1) | 1);
  const run = Buffer.concat([header.finish(), presence.subarray(0, groups)]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(run.length);
  return Buffer.concat([length, run]);
};

const dictionaryHeader = (values: number, bytes: number): Uint8Array =>
  encodeStruct([
    [1, i32(DICTIONARY_PAGE)],
    [2, i32(bytes)],
    [3, i32(bytes)],
    [
      7,
      struct([
        [1, i32(values)],
        [2, i32(PLAIN)],
      ]),
    ],
  ]);

const pageHeader = (values: number, bytes: number, encoding: number): Uint8Array =>
  encodeStruct([
    [1, i32(DATA_PAGE)],
    [2, i32(bytes)],
    [3, i32(bytes)],
    [
      5,
      struct([
        [1, i32(values)],
        [2, i32(encoding)],
        [3, i32(RLE)],
        [4, i32(RLE)],
      ]),
    ],
  ]);

const schemaOf = (columns: readonly NamedColumn[]): readonly ThriftStruct[] => [
  [
    [4, text("rows")],
    [5, i32(columns.length)],
  ],
  ...columns.map(
    ({ name, kind }): ThriftStruct => [
      [1, i32(TYPES[kind])],
      [3, i32(OPTIONAL)],
      [4, text(name)],
      ...(kind === "text" ? [[6, i32(UTF8)] as const] : []),
    ],
  ),
];

const rowGroupOf = (columns: readonly NamedColumn[], { rows, chunks }: RowGroup): ThriftStruct => [
  [
    1,
    list(
      "struct",
      chunks.map(({ dictionaryOffset, offset, bytes, values }, index) => {
        const { name, kind } = columns[index] as NamedColumn;
        return struct([
          [2, i64(dictionaryOffset ?? offset)],
          [
            3,
            struct([
              [1, i32(TYPES[kind])],
              [2, list("i32", [PLAIN, RLE, RLE_DICTIONARY].map(i32))],
              [3, list("text", [text(name)])],
              [4, i32(UNCOMPRESSED)],
              [5, i64(values)],
              [6, i64(bytes)],
              [7, i64(bytes)],
              [9, i64(offset)],
              ...(dictionaryOffset === null ? [] : [[11, i64(dictionaryOffset)] as const]),
            ]),
          ],
        ]);
      }),
    ),
  ],
  [2, i64(chunks.reduce((sum, { bytes }) => sum + bytes, 0))],
  [3, i64(rows)],
];

const footerOf = (columns: readonly NamedColumn[], groups: readonly RowGroup[], rows: number): Buffer => {
  const metadata = encodeStruct([
    [1, i32(FORMAT_VERSION)],
    [2, list("struct", schemaOf(columns).map(struct))],
    [3, i64(rows)],
    [
      4,
      list(
        "struct",
        groups.map((group) => struct(rowGroupOf(columns, group))),
      ),
    ],
  ]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(metadata.length);
  return Buffer.concat([metadata, length, MAGIC]);
};

/** The file must not be there yet. */
export const createPlainParquet = async (
  file: string,
  columns: readonly NamedColumn[],
): Promise<PlainParquet> => {
  const handle: FileHandle = await open(file, "wx");
  const groups: RowGroup[] = [];
  let written = 0;
  let rowsWritten = 0;
  const heldRows = (): number => columns[0]?.column.rows ?? 0;

  const write = async (parts: readonly Uint8Array[]): Promise<void> => {
    for (const part of parts) {
      for (let at = 0; at < part.length; ) at += (await handle.write(part, at)).bytesWritten;
      written += part.length;
    }
  };
  const writeColumn = async ({ column }: NamedColumn): Promise<Chunk> => {
    const start = written;
    const { dictionary, values, rows } = column;
    if (dictionary)
      await write([dictionaryHeader(dictionary.count, dictionary.values.length), dictionary.values]);
    const offset = written;
    const levels = levelsOf(column);
    const bytes = levels.length + values.length;
    await write([pageHeader(rows, bytes, dictionary ? RLE_DICTIONARY : PLAIN), levels, values]);
    return { dictionaryOffset: dictionary && start, offset, bytes: written - start, values: rows };
  };
  const writeRowGroup = async (): Promise<void> => {
    const rows = heldRows();
    if (rows === 0) return;
    for (const { name, column } of columns)
      if (column.rows !== rows) throw new RangeError(`column ${name} has ${column.rows} rows, not ${rows}`);
    const chunks: Chunk[] = [];
    for (const column of columns) chunks.push(await writeColumn(column));
    for (const { column } of columns) column.clear();
    groups.push({ rows, chunks });
    rowsWritten += rows;
  };
  await write([MAGIC]);

  return {
    get rows() {
      return rowsWritten + heldRows();
    },
    get heldBytes() {
      return columns.reduce(
        (sum, { column }) => sum + column.values.length + (column.dictionary?.values.length ?? 0),
        0,
      );
    },
    writeRowGroup,
    async finish() {
      await writeRowGroup();
      await write([footerOf(columns, groups, rowsWritten)]);
      await handle.close();
    },
    abandon: () => handle.close(),
  };
};
