import { type FileHandle, open } from "node:fs/promises";
import type { DuckDBDataChunk } from "@duckdb/node-api";
import { csvCell, type JsonCell, jsonCell } from "./cells.js";
import type { ResultWriter, WrittenColumn } from "./writer.js";

interface TextForm {
  head(columns: readonly WrittenColumn[]): string;
  row(cells: readonly JsonCell[], first: boolean): string;
  readonly tail: string;
}

/** An array of rows, each an array of cells. */
export const JSON_ROWS: TextForm = {
  head: () => "[",
  row: (cells, first) => `${first ? "" : ",\n"}${JSON.stringify(cells)}`,
  tail: "]",
};

export const CSV: TextForm = {
  head: (columns) => `${columns.map(({ name }) => csvCell(name)).join(",")}\r\n`,
  row: (cells) => `${cells.map(csvCell).join(",")}\r\n`,
  tail: "",
};

const textOf = (chunk: DuckDBDataChunk, form: TextForm, first: boolean): string => {
  const columns = Array.from({ length: chunk.columnCount }, (_, index) =>
    chunk.getColumnValues(index).map(jsonCell),
  );
  let text = "";
  for (let row = 0; row < chunk.rowCount; row++) {
    text += form.row(
      columns.map((column) => column[row] ?? null),
      first && row === 0,
    );
  }
  return text;
};

export const createTextWriter = (file: string, form: TextForm): ResultWriter => {
  let handle: FileHandle | null = null;
  let bytes = 0;
  let first = true;
  const put = async (text: string): Promise<number> => {
    const written = Buffer.from(text, "utf8");
    await handle?.appendFile(written);
    bytes += written.length;
    return bytes;
  };
  const close = async (): Promise<void> => {
    await handle?.close();
    handle = null;
  };
  return {
    async begin(columns) {
      handle = await open(file, "wx");
      await put(form.head(columns));
    },
    async write(chunk) {
      const text = textOf(chunk, form, first);
      first &&= chunk.rowCount === 0;
      return put(text);
    },
    async end() {
      await put(form.tail);
      await close();
      return bytes;
    },
    abort: close,
  };
};
