import type { MetricDefinition } from "@freshet/model";
import { text } from "../sql/text.js";
import type { ViewDialect } from "./dialects.js";
import { rowColumns } from "./tables.js";

/** Tables, as the engine names them. */
export interface MetricTables {
  /** Of `rowsTable`. */
  readonly rows: string;
  readonly standing: string;
}

/**
 * SELECT of a metric's rows in the files of the generation that stands: those of one, never of two, since one file names them and
 * each statement reads it once.
 */
export const metricViewSql = (
  metric: MetricDefinition,
  dialect: ViewDialect,
  lakeUri: string,
  { rows, standing }: MetricTables,
): string => {
  const columns = rowColumns(metric)
    .filter(({ Type }) => dialect.lists || !Type.startsWith("array"))
    .map(({ Name }) => dialect.quoted(Name));
  return `SELECT ${columns.join(", ")}
FROM ${rows} WHERE ${dialect.file} IN (
  SELECT ${dialect.fileOf(lakeUri)} FROM (
    SELECT revision, metric, path, max(revision) OVER () AS newest FROM ${standing}
  ) s
  WHERE revision = newest AND metric = ${text(metric.hash)}
)`;
};
