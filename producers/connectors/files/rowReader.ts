import { isUtf8 } from "node:buffer";
import { csvFields, csvRowEnd } from "./csv.js";
import type { FileFormat } from "./format.js";
import { createRowSplitter, findLineEnd, type Row } from "./rowSplitter.js";

const LINE_BYTES_MAX = 10 << 20;
/** A quote that is never closed swallows no more than this. */
const CSV_ROW_BYTES_MAX = 1 << 20;

/** A row as the mapping sees it: a line's JSON object, or a CSV row's texts by column name. */
export type ReplayRow = Readonly<Record<string, unknown>>;

export type DecodedRow =
  | { readonly kind: "row"; readonly row: ReplayRow; readonly bytes: Buffer }
  /** Not UTF-8, not a JSON object, a broken quote, another number of fields than the header has. */
  | { readonly kind: "malformed"; readonly bytes: Buffer }
  | { readonly kind: "oversize"; readonly head: Buffer; readonly length: number };

/** Cuts rows, and decodes those that are wanted: a resumed replay passes over the others unread. */
export interface RowReader {
  push(chunk: Buffer): readonly Row[];
  end(): readonly Row[];
  decode(row: Row): DecodedRow;
}

/** @throws Error (from `push`) when a CSV header is not one. */
export const createRowReader = (format: FileFormat): RowReader =>
  format.kind === "csv" ? csvReader(format.delimiter) : ndjsonReader();

const ndjsonReader = (): RowReader => ({
  ...createRowSplitter(findLineEnd, LINE_BYTES_MAX),
  decode(row) {
    if (row.kind === "oversize") return row;
    const { bytes } = row;
    if (!isUtf8(bytes)) return { kind: "malformed", bytes };
    let value: unknown;
    try {
      value = JSON.parse(bytes.toString("utf8"));
    } catch {
      return { kind: "malformed", bytes };
    }
    if (typeof value !== "object" || value === null || Array.isArray(value))
      return { kind: "malformed", bytes };
    return { kind: "row", row: value as ReplayRow, bytes };
  },
});

const csvReader = (delimiter: string): RowReader => {
  const splitter = createRowSplitter(csvRowEnd(delimiter), CSV_ROW_BYTES_MAX);
  let columns: readonly string[] | null = null;
  const withoutHeader = (rows: readonly Row[]): readonly Row[] => {
    if (columns !== null || rows.length === 0) return rows;
    columns = columnsOf(rows[0] as Row, delimiter);
    return rows.slice(1);
  };
  return {
    push: (chunk) => withoutHeader(splitter.push(chunk)),
    end: () => withoutHeader(splitter.end()),
    decode(row) {
      if (row.kind === "oversize") return row;
      const { bytes } = row;
      const names = columns ?? [];
      if (row.kind === "broken" || !isUtf8(bytes)) return { kind: "malformed", bytes };
      const fields = csvFields(bytes.toString("utf8"), delimiter);
      if (fields.length !== names.length) return { kind: "malformed", bytes };
      const byName: Record<string, string> = {};
      for (let index = 0; index < names.length; index++)
        byName[names[index] as string] = fields[index] as string;
      return { kind: "row", row: byName, bytes };
    },
  };
};

const HEADER_SHOWN = 200;

const columnsOf = (header: Row, delimiter: string): readonly string[] => {
  if (header.kind !== "row" || !isUtf8(header.bytes)) throw new Error("the first line is no CSV header");
  const text = header.bytes.toString("utf8");
  const columns = csvFields(text, delimiter);
  const wrong = columns.find(
    (name, index) => name === "" || name === "__proto__" || columns.indexOf(name) !== index,
  );
  if (wrong !== undefined) {
    throw new Error(
      `the CSV header needs a different name for each column, got \`${text.slice(0, HEADER_SHOWN)}\``,
    );
  }
  return columns;
};
