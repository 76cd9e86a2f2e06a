import type { MetricDefinition } from "@freshet/model";
import { measureColumn } from "./measures.js";
import { keyColumns } from "./metric.js";

/** Groups of two sources that are not the same, by UTC day (since 1970): a row for each day that has any. */
export const differingGroupsSql = (metric: MetricDefinition, first: string, second: string): string => {
  const measures = metric.measures.map(measureColumn);
  const same = [
    "a.pane = b.pane",
    ...keyColumns(metric).map((key) => `a.${key} IS NOT DISTINCT FROM b.${key}`),
  ];
  const differs = measures.map((column) => `a.${column} IS DISTINCT FROM b.${column}`).join(" OR ");
  return `SELECT * FROM (
  SELECT floor(coalesce(a.pane, b.pane) / 86400000)::INTEGER AS day,
    count(*) FILTER (WHERE b.pane IS NULL) AS only_first,
    count(*) FILTER (WHERE a.pane IS NULL) AS only_second,
    count(*) FILTER (WHERE a.pane IS NOT NULL AND b.pane IS NOT NULL AND (${differs})) AS differing
  FROM (${first}) a FULL JOIN (${second}) b ON ${same.join(" AND ")}
  GROUP BY day
) WHERE only_first + only_second + differing > 0 ORDER BY day`;
};

/** Measures that add up over all groups. */
export const additiveMeasures = ({ measures }: MetricDefinition): readonly string[] =>
  measures.flatMap(({ name, spec: { kind } }) => (kind === "count" || kind === "sum" ? [name] : []));

/** Their sums, in the columns `t0`, `t1` and so on, as text. */
export const totalsSql = (metric: MetricDefinition, measures: readonly string[], source: string): string => {
  const sums = measures.map((wanted, index) => {
    const measure = metric.measures.find(({ name }) => name === wanted);
    if (!measure) throw new Error(`${metric.name} has no measure ${wanted}`);
    return `coalesce(sum(${measureColumn(measure)}), 0)::VARCHAR AS t${index}`;
  });
  return `SELECT ${sums.join(", ")} FROM (${source})`;
};
