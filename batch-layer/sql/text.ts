/** A text as an SQL literal. */
export const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;

/** A name as an SQL identifier: names of dimensions and measures come from users. */
export const name = (identifier: string): string => `"${identifier.replaceAll('"', '""')}"`;

/** @throws RangeError for what is no safe integer: numbers are written into SQL texts nowhere else. */
export const integer = (value: number): string => {
  if (!Number.isSafeInteger(value)) throw new RangeError(`not a safe integer: ${value}`);
  return String(value);
};

/** A Parquet source of one or more local files: their own columns, none that a folder's name would add. */
export const parquet = (files: readonly string[]): string =>
  `read_parquet([${files.map(text).join(", ")}], hive_partitioning = false)`;

/** A temporary table of what a SELECT gives, computed once. */
export const tableSql = (table: string, select: string): string => `CREATE TEMP TABLE ${table} AS\n${select}`;

/** The same, or null for no files. */
export const storedRows = (files: readonly string[]): string | null =>
  files.length === 0 ? null : parquet(files);

/** floor(value / unit) * unit for BIGINT, also below zero. */
export const floorTo = (value: string, unit: number): string => {
  const by = integer(unit);
  return `(${value} - (((${value} % ${by}) + ${by}) % ${by}))`;
};
