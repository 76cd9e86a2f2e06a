import type { MetricDefinition } from "@freshet/model";
import { quoteName, quoteText } from "../settled/settledSql.js";

const files = (paths: readonly string[]): string => `read_parquet([${paths.map(quoteText).join(", ")}])`;
const keysOf = (metric: MetricDefinition): string =>
  metric.by.map(({ name }) => `${quoteName(`k_${name}`)}, `).join("");

/**
 * One row per key and width: its slots with any activity, and where its history begins. In the order of keys, whatever
 * that of the file: a group's prior is measured on some of them.
 */
export const baselineSql = (
  metric: MetricDefinition,
  baseline: string,
  windows: readonly string[],
): string => {
  const keys = keysOf(metric);
  const same = ["width_ms", ...metric.by.map(({ name }) => quoteName(`k_${name}`))]
    .map((column) => `b.${column} IS NOT DISTINCT FROM w.${column}`)
    .join(" AND ");
  const begins =
    windows.length === 0
      ? `SELECT *, NULL::BIGINT AS first FROM b`
      : [
          `SELECT b.*, w.first FROM b LEFT JOIN (`,
          `  SELECT ${keys}width_ms, min(start) AS first FROM ${files(windows)} GROUP BY ALL`,
          `) w ON ${same}`,
        ].join("\n");
  return [
    `WITH b AS (`,
    `  SELECT ${keys}width_ms, list(slot ORDER BY slot) AS slots,`,
    `    list(s::DOUBLE ORDER BY slot) AS s, list(q::DOUBLE ORDER BY slot) AS q`,
    `  FROM ${files([baseline])} GROUP BY ALL`,
    `)`,
    begins,
    `ORDER BY ${["width_ms", ...metric.by.map(({ name }) => quoteName(`k_${name}`))].map((column) => `b.${column}`).join(", ")}`,
  ].join("\n");
};

/** What the keys did in some windows of the baseline. */
export const windowsSql = (
  metric: MetricDefinition,
  windows: readonly string[],
  starts: readonly { readonly widthMs: number; readonly startMs: number }[],
): string => {
  const wanted = starts.map(({ widthMs, startMs }) => `(${widthMs}, ${startMs})`).join(", ");
  return [
    `SELECT ${keysOf(metric)}width_ms, start, x`,
    `FROM ${files(windows)}`,
    `WHERE (width_ms, start) IN (${wanted})`,
  ].join("\n");
};
