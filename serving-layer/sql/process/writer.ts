import type { DuckDBDataChunk, DuckDBType } from "@duckdb/node-api";

export interface WrittenColumn {
  readonly name: string;
  readonly type: DuckDBType;
}

/** Writes a result to a file, chunk by chunk. */
export interface ResultWriter {
  begin(columns: readonly WrittenColumn[]): Promise<void>;
  /** Bytes so far. */
  write(chunk: DuckDBDataChunk): Promise<number>;
  /** Bytes in all. */
  end(): Promise<number>;
  /** Instead of `end`, when it fails. */
  abort(): Promise<void>;
}
