import {
  decodeParts,
  type GroupKey,
  type KeyPart,
  type MetricDefinition,
  type TimeRange,
} from "@freshet/model";

export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const quotePart = (part: KeyPart): string =>
  part === null ? "NULL" : typeof part === "string" ? quoteText(part) : String(part);

/** Asks a metric's files for the rows of a range of panes, of one key where it is given. */
export const settledSql = (
  metric: MetricDefinition,
  files: readonly string[],
  range: TimeRange,
  key: GroupKey | null,
): string => {
  const columns = [
    "pane",
    ...metric.by.map(({ name }) => quoteName(`k_${name}`)),
    ...metric.measures.map(({ name }) => quoteName(`m_${name}`)),
  ];
  const parts = key === null ? [] : decodeParts(key);
  const conditions = [
    `pane >= ${range.fromMs}`,
    `pane < ${range.toExclusiveMs}`,
    ...(key === null
      ? []
      : metric.by.map(
          ({ name }, index) =>
            `${quoteName(`k_${name}`)} IS NOT DISTINCT FROM ${quotePart(parts[index] ?? null)}`,
        )),
  ];
  return [
    `SELECT ${columns.join(", ")}`,
    `FROM read_parquet([${files.map(quoteText).join(", ")}])`,
    `WHERE ${conditions.join(" AND ")}`,
  ].join("\n");
};
