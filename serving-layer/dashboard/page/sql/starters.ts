import type { MetricSummary } from "../../../reader/metricSummary.js";
import type { SqlTable } from "./answers.js";

export interface Starter {
  readonly title: string;
  readonly sql: string;
}

const ROWS = 50;
const DAY_MS = 86_400_000;
const PLAIN_NAME = /^[a-z_][a-z0-9_]*$/;
const ADDITIVE: readonly string[] = ["count", "sum"];

const quoted = (name: string): string => (PLAIN_NAME.test(name) ? name : `"${name.replaceAll('"', '""')}"`);
const dayOf = (ms: number): string => `DATE '${new Date(ms).toISOString().slice(0, 10)}'`;

/**
 * Statements to begin with, about the first metric that has tables: its newest groups, a measure that adds up, and one
 * that has to be merged. They read no more than two days: those that end with `newestMs`, the newest event's time.
 */
export const startersOf = (
  tables: readonly SqlTable[],
  metrics: readonly MetricSummary[],
  newestMs: number,
): readonly Starter[] => {
  const table = tables.find(({ metric }) => metrics.some(({ name }) => name === metric));
  const metric = metrics.find(({ name }) => name === table?.metric);
  if (!table || !metric) return [];
  const from = quoted(table.name);
  const since = `WHERE day >= ${dayOf(newestMs - DAY_MS)}`;
  const starters: Starter[] = [
    {
      title: `The newest groups of ${metric.name}`,
      sql: `SELECT *\nFROM ${from}\n${since}\nORDER BY pane DESC\nLIMIT ${ROWS}`,
    },
  ];
  const additive = metric.measures.find(({ kind }) => ADDITIVE.includes(kind));
  if (additive) {
    const name = quoted(additive.name);
    starters.push({
      title: `${additive.name} by hour, as a chart`,
      sql: `SELECT date_trunc('hour', pane) AS hour, sum(${name}) AS ${name}\nFROM ${from}\n${since}\nGROUP BY hour\nORDER BY hour`,
    });
  }
  const parts = tables.find(({ name }) => name === `${table.name}_parts`);
  const distinct = metric.measures.find(({ kind }) => kind === "countDistinct");
  const by = metric.dimensions[0];
  if (parts && distinct && by) {
    const name = quoted(distinct.name);
    starters.push({
      title: `${distinct.name} of one day by ${by.name}: distinct values are merged, never added`,
      sql: `SELECT ${quoted(by.name)}, distinct_merged(${name}) AS ${name}\nFROM ${quoted(parts.name)}\nWHERE day = ${dayOf(newestMs)}\nGROUP BY ${quoted(by.name)}\nORDER BY ${name} DESC\nLIMIT ${ROWS}`,
    });
  }
  return starters;
};
