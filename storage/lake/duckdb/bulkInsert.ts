import {
  blobValue,
  type DuckDBAppender,
  type DuckDBConnection,
  DuckDBDataChunk,
  type DuckDBType,
  DuckDBTypeId,
  type DuckDBValue,
  DuckDBVector,
  listValue,
} from "@duckdb/node-api";

const INTEGERS_64 = new Set<DuckDBTypeId>([
  DuckDBTypeId.BIGINT,
  DuckDBTypeId.UBIGINT,
  DuckDBTypeId.HUGEINT,
  DuckDBTypeId.UHUGEINT,
]);
/** Other work of the thread comes between, after so many chunks. */
const CHUNKS_PER_TURN = 16;

type Convert = (value: unknown) => DuckDBValue;

const same: Convert = (value) => value as DuckDBValue;

/** From plain JavaScript to what a column of this type takes. */
const converterFor = (type: DuckDBType): Convert => {
  if (INTEGERS_64.has(type.typeId))
    return (value) => (typeof value === "number" ? BigInt(value) : (value as bigint));
  if (type.typeId === DuckDBTypeId.BLOB) return (value) => blobValue(value as Uint8Array);
  if (type.typeId === DuckDBTypeId.LIST) {
    const item = converterFor(type.valueType);
    return (value) => listValue(Array.from(value as ArrayLike<unknown>, (each) => orNull(each, item)));
  }
  return same;
};

const orNull = (value: unknown, convert: Convert): DuckDBValue =>
  value === null || value === undefined ? null : convert(value);

interface Target {
  readonly appender: DuckDBAppender;
  readonly types: readonly DuckDBType[];
  /** For every column of the table, which given column fills it; -1: NULL. */
  readonly sources: readonly number[];
}

const targetOf = async (
  connection: DuckDBConnection,
  table: string,
  columns: readonly string[],
): Promise<Target> => {
  const described = await connection.run(`SELECT * FROM ${quoted(table)} LIMIT 0`);
  const names = described.columnNames();
  const unknown = columns.filter((column) => !names.includes(column));
  if (unknown.length > 0)
    throw new RangeError(`table ${table} has no column ${unknown.join(", ")}; it has ${names.join(", ")}`);
  return {
    appender: await connection.createAppender(table),
    types: described.columnTypes(),
    sources: names.map((name) => columns.indexOf(name)),
  };
};

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** @param valueAt The value of a given column in a row. */
const appendChunks = async (
  { appender, types, sources }: Target,
  rowCount: number,
  valueAt: (source: number, row: number) => unknown,
): Promise<void> => {
  const converters = types.map(converterFor);
  const chunkRows = DuckDBVector.standardSize();
  for (let start = 0, chunks = 1; start < rowCount; start += chunkRows, chunks++) {
    const count = Math.min(chunkRows, rowCount - start);
    const chunk = DuckDBDataChunk.create(types, count);
    for (let column = 0; column < types.length; column++) {
      const vector = chunk.getColumnVector(column);
      const source = sources[column] as number;
      const convert = converters[column] as Convert;
      for (let row = 0; row < count; row++) {
        vector.setItem(row, source < 0 ? null : orNull(valueAt(source, start + row), convert));
      }
      vector.flush();
    }
    appender.appendDataChunk(chunk);
    if (chunks % CHUNKS_PER_TURN === 0) await turn();
  }
};

export const insertRows = async (
  connection: DuckDBConnection,
  table: string,
  columns: readonly string[],
  rows: readonly (readonly unknown[])[],
): Promise<void> => {
  const target = await targetOf(connection, table, columns);
  await appendChunks(target, rows.length, (source, row) => (rows[row] as readonly unknown[])[source]);
  target.appender.closeSync();
};

export const insertColumns = async (
  connection: DuckDBConnection,
  table: string,
  columns: Readonly<Record<string, ArrayLike<unknown>>>,
): Promise<void> => {
  const names = Object.keys(columns);
  const values = names.map((name) => columns[name] as ArrayLike<unknown>);
  const rowCount = values[0]?.length ?? 0;
  if (values.some((column) => column.length !== rowCount)) throw new RangeError("columns differ in length");
  const target = await targetOf(connection, table, names);
  await appendChunks(target, rowCount, (source, row) => (values[source] as ArrayLike<unknown>)[row]);
  target.appender.closeSync();
};
