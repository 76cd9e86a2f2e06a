import { type EventDefinition, type Expression, type MetricDefinition, overVersion } from "@freshet/model";
import type { Dialect } from "./dialect.js";
import { DUCKDB } from "./duckDb.js";
import { integer, tableSql } from "./text.js";

/** The expressions of all metrics over one event type, each computed once: `f<index>` of the table. */
export interface FactTable {
  readonly table: string;
  readonly event: EventDefinition;
  readonly expressions: readonly Expression[];
  readonly dialect: Dialect;
  /** The column of an expression. */
  column(expression: Expression): string;
}

/** The expressions that a metric needs of its events. */
const expressionsOf = ({ where, by, measures }: MetricDefinition): Expression[] =>
  [
    where,
    ...by.map(({ expression }) => expression),
    ...measures.flatMap((one) => [one.where, one.of]),
  ].filter((expression): expression is Expression => expression !== null);

export const factTable = (
  table: string,
  event: EventDefinition,
  metrics: readonly MetricDefinition[],
  dialect: Dialect = DUCKDB,
): FactTable => {
  const columns = new Map<string, { readonly column: string; readonly expression: Expression }>();
  for (const expression of metrics.flatMap(expressionsOf)) {
    const key = JSON.stringify(expression);
    if (!columns.has(key)) columns.set(key, { column: `f${columns.size}`, expression });
  }
  return {
    table,
    event,
    dialect,
    expressions: [...columns.values()].map(({ expression }) => expression),
    column(expression) {
      const found = columns.get(JSON.stringify(expression));
      if (!found) throw new Error(`${table} has no column for ${JSON.stringify(expression)}`);
      return found.column;
    },
  };
};

/** Which app revisions wrote bodies of which version of an event. */
export interface BodyVersion {
  readonly version: number;
  readonly revisions: readonly number[];
}

/** A lookup's value by the tick of the row; its contents lie in the table `lookup`. */
const lookupSql =
  ({ text }: Dialect) =>
  (lookup: string, key: string): string =>
    `(SELECT any_value(l.value) FROM lookup l WHERE l.name = ${text(lookup)} AND l.key = ${key} AND s.tick >= l.from_tick AND s.tick < l.to_tick_exclusive)`;

/** Of what a table of facts is made, and which of its columns are kept. */
export interface FactRows {
  readonly rows: string;
  readonly keep: readonly string[];
}

/** `entered` is the generation that counts the event. */
export const STANDING: FactRows = { rows: "standing", keep: ["entered", "segment", "time_ms"] };

/** Rows that live counted and that do not stand, with the cause. */
export const BEYOND: FactRows = { rows: "beyond", keep: [...STANDING.keep, "cause"] };

/** Bodies of older versions are read as the upcast would have made them. */
export const factsSql = (
  { table, event, expressions, dialect }: FactTable,
  versions: readonly BodyVersion[],
  { rows, keep }: FactRows = STANDING,
): string => {
  const selects = versions.map(({ version, revisions }) => {
    const asOf = expressions.map((expression) => overVersion(expression, event, version));
    const columns = asOf.map(
      (expression, index) =>
        `,\n  ${dialect.expressions.expression(expression, lookupSql(dialect))} AS f${index}`,
    );
    const chosen = `type = ${dialect.text(event.name)} AND revision IN (${revisions.map(integer).join(", ")})`;
    return `SELECT ${keep.join(", ")}${columns.join("")}\nFROM ${dialect.expressions.rows(rows, chosen, asOf)}`;
  });
  return tableSql(table, selects.join("\nUNION ALL\n"));
};

/** The distinct values of a column that a distinct count is about. */
export const distinctValuesSql = (table: string, column: string): string =>
  `SELECT DISTINCT ${column} AS value FROM ${table} WHERE ${column} IS NOT NULL`;
