import { blobValue, type DuckDBValue, listValue } from "@duckdb/node-api";

/** What a statement's `?` takes. Whole numbers are bound as integers, others as DOUBLE. */
export type SqlParameter = string | number | bigint | boolean | null | Uint8Array | readonly SqlParameter[];

export const bound = (parameter: SqlParameter): DuckDBValue => {
  if (parameter instanceof Uint8Array) return blobValue(parameter);
  if (Array.isArray(parameter)) return listValue(parameter.map(bound));
  return parameter as Exclude<SqlParameter, Uint8Array | readonly SqlParameter[]>;
};
