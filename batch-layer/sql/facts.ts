import {
  type EventDefinition,
  type Expression,
  type MetricDefinition,
  overVersion,
  toDuckDb,
} from "@freshet/model";
import { integer, text } from "./text.js";

/** The expressions of all metrics over one event type, each computed once: `f<index>` of the table. */
export interface FactTable {
  readonly table: string;
  readonly event: EventDefinition;
  readonly expressions: readonly Expression[];
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
): FactTable => {
  const columns = new Map<string, { readonly column: string; readonly expression: Expression }>();
  for (const expression of metrics.flatMap(expressionsOf)) {
    const key = JSON.stringify(expression);
    if (!columns.has(key)) columns.set(key, { column: `f${columns.size}`, expression });
  }
  return {
    table,
    event,
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
const lookupSql = (lookup: string, key: string): string =>
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
  { table, event, expressions }: FactTable,
  versions: readonly BodyVersion[],
  { rows, keep }: FactRows = STANDING,
): string => {
  const selects = versions.map(({ version, revisions }) => {
    const columns = expressions.map((expression, index) => {
      const sql = toDuckDb(overVersion(expression, event, version), { lookup: lookupSql });
      return `,\n  ${sql} AS f${index}`;
    });
    return (
      `SELECT ${keep.join(", ")}${columns.join("")}\n` +
      `FROM ${rows} s WHERE type = ${text(event.name)} AND revision IN (${revisions.map(integer).join(", ")})`
    );
  });
  return `CREATE TEMP TABLE ${table} AS\n${selects.join("\nUNION ALL\n")}`;
};

/** The distinct values of a column that a distinct count is about. */
export const distinctValuesSql = (table: string, column: string): string =>
  `SELECT DISTINCT ${column} AS value FROM ${table} WHERE ${column} IS NOT NULL`;
