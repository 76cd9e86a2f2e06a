/** One column of rows that came in after the cut. */
export type ColumnValues =
  | { readonly kind: "values"; readonly values: readonly (string | number | bigint | boolean | null)[] }
  /** A list a row: `ends` says where each ends. */
  | { readonly kind: "lists"; readonly ends: Uint32Array; readonly values: Float64Array };

export interface RowBatch {
  readonly rows: number;
  readonly columns: readonly ColumnValues[];
}

export type SqlFormat = "json" | "csv" | "arrow" | "parquet";

/** What a process is started with, as its only argument. */
export interface ProcessSettings {
  readonly memoryMb: number;
  readonly processMb: number;
  readonly spillMb: number;
  readonly threads: number;
  /** A directory of its own; whoever started it removes it. */
  readonly directory: string;
}

export interface RunLimits {
  readonly rows: number;
  readonly bytes: number;
}

/** Asked of the process one after another; `request` names the answer. */
export type SqlRequest = { readonly request: number } & (
  | {
      readonly kind: "prepare";
      readonly sql: string;
      /** Statements that make the empty relations; null where they stand. */
      readonly catalog: readonly string[] | null;
    }
  /** Opens a database that can read these files and nothing else. */
  | { readonly kind: "open"; readonly files: readonly string[]; readonly statements: readonly string[] }
  | { readonly kind: "define"; readonly statements: readonly string[] }
  | { readonly kind: "rows"; readonly table: string; readonly batch: RowBatch }
  | {
      readonly kind: "run";
      readonly sql: string;
      /** `catalog`: over the empty relations, for statements that read none. */
      readonly over: "catalog" | "database";
      readonly format: SqlFormat;
      readonly file: string;
      readonly limits: RunLimits;
    }
);

export interface ResultColumn {
  readonly name: string;
  readonly type: string;
}

export interface Prepared {
  /** Relations that the statement reads. */
  readonly relations: readonly string[];
}

export interface Ran {
  readonly columns: readonly ResultColumn[];
  readonly rows: number;
  readonly bytes: number;
  readonly truncated: boolean;
}

/** Why a statement is not answered; `failed` is what DuckDB says. */
export type Refusal =
  | { readonly kind: "empty" }
  | { readonly kind: "many" }
  | { readonly kind: "not_a_question"; readonly statement: string }
  | { readonly kind: "parameters" }
  | { readonly kind: "too_large"; readonly detail: string }
  | { readonly kind: "failed"; readonly detail: string };

export type SqlReply =
  | { readonly kind: "ready" }
  | { readonly kind: "done"; readonly request: number; readonly result: Prepared | Ran | null }
  | { readonly kind: "refused"; readonly request: number; readonly refusal: Refusal };

/** The process ends with it when it holds more than `processMb`. */
export const EXIT_MEMORY = 97;
