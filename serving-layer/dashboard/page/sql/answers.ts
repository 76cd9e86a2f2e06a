/** A column of a result; its type as DuckDB names it. */
export interface SqlColumn {
  readonly name: string;
  readonly type: string;
}

export interface SqlAnswer {
  readonly columns: readonly SqlColumn[];
  readonly rows: readonly (readonly unknown[])[];
  /** More rows were there than were asked for. */
  readonly truncated: boolean;
}

export interface SqlTable {
  readonly name: string;
  readonly description: string;
  readonly columns: readonly SqlColumn[];
}

export const DOWNLOADS = ["csv", "json", "parquet"] as const;
export type Download = (typeof DOWNLOADS)[number];
