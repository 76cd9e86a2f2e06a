import {
  decodeParts,
  type GroupKey,
  type KeyPart,
  type MetricDefinition,
  type TimeRange,
} from "@freshet/model";

export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A statement with the values of its `?`. */
export interface SettledSql {
  readonly sql: string;
  readonly parameters: readonly KeyPart[];
}

const columnsOf = (metric: MetricDefinition): readonly string[] => [
  "pane",
  ...metric.by.map(({ name }) => quoteName(`k_${name}`)),
  ...metric.measures.map(({ name }) => quoteName(`m_${name}`)),
];

/** All rows of one file, a key's together and by pane. */
export const dayByKeySql = (metric: MetricDefinition, file: string): string =>
  [
    `SELECT ${columnsOf(metric).join(", ")}`,
    `FROM read_parquet([${quoteText(file)}])`,
    `ORDER BY ${[...metric.by.map(({ name }) => quoteName(`k_${name}`)), "pane"].join(", ")}`,
  ].join("\n");

/** Asks a metric's files for the rows of a range of panes, of one key where it is given. */
export const settledSql = (
  metric: MetricDefinition,
  files: readonly string[],
  range: TimeRange,
  key: GroupKey | null,
): SettledSql => {
  const keys = metric.by.map(({ name }) => quoteName(`k_${name}`));
  const conditions = [
    `pane >= ${range.fromMs}`,
    `pane < ${range.toExclusiveMs}`,
    ...(key === null ? [] : keys.map((column) => `${column} IS NOT DISTINCT FROM ?`)),
  ];
  return {
    sql: [
      `SELECT ${columnsOf(metric).join(", ")}`,
      `FROM read_parquet([${files.map(quoteText).join(", ")}])`,
      `WHERE ${conditions.join(" AND ")}`,
    ].join("\n"),
    parameters: key === null ? [] : decodeParts(key),
  };
};
