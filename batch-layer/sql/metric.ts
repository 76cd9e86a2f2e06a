import type { MeasureDefinition, MetricDefinition } from "@freshet/model";
import type { FactTable } from "./facts.js";
import { exploded, foldPlain, isPlain, measureColumn, plainOverEvents, plainOverStored } from "./measures.js";
import { floorTo, integer, name, tableSql } from "./text.js";

const HOUR_MS = 3_600_000;
export const QUARTER_MS = 900_000;

/** What an aggregation reads. */
export interface MetricSource {
  readonly metric: MetricDefinition;
  readonly facts: FactTable;
  /** Events of this generation, or (null) of all. */
  readonly generation: number | null;
  /** The parent generation's rows of the days that these events touch, as what follows a FROM; null where there are none. */
  readonly parent: string | null;
  /** The table (value, coupon) of a column. */
  readonly coupons: (column: string) => string;
  /** The table (quarter_ms, pane_ms) of a metric whose panes follow local time. */
  readonly panes: string;
}

export const keyColumns = ({ by }: MetricDefinition): readonly string[] =>
  by.map((dimension) => name(`k_${dimension.name}`));

/** Panes of local time are found by quarter hour in a table that JavaScript made: see model/time/pane.ts. */
export const needsPaneTable = ({ paneMs, timeZone }: MetricDefinition): boolean =>
  timeZone !== "UTC" && paneMs >= HOUR_MS;

/** The rows of a metric's events: pane, key, and the columns that its measures read. */
export const eventsSql = (
  { metric, facts, generation, panes }: MetricSource,
  from: string,
  where: string | null,
  rest: readonly string[],
): string => {
  const local = needsPaneTable(metric);
  const pane = local ? "p.pane_ms" : floorTo("time_ms", metric.paneMs);
  const keys = metric.by.map(
    (dimension) => `${facts.column(dimension.expression)} AS ${name(`k_${dimension.name}`)}`,
  );
  const conditions = [
    ...(generation === null ? [] : [`entered = ${integer(generation)}`]),
    ...(metric.where === null ? [] : [facts.column(metric.where)]),
    ...(where === null ? [] : [where]),
  ];
  const joined = local ? `${from} JOIN ${panes} p ON p.quarter_ms = ${floorTo("time_ms", QUARTER_MS)}` : from;
  const filter = conditions.length > 0 ? ` WHERE ${conditions.join(" AND ")}` : "";
  return `SELECT ${[`${pane} AS pane`, ...keys, ...rest].join(", ")} FROM ${joined}${filter}`;
};

/** One row for each group: plain measures folded over events and stored rows. */
const plainSql = (source: MetricSource, plain: readonly MeasureDefinition[]): string => {
  const overEvents = plain.map(
    (measure) => `${plainOverEvents(measure, source.facts)} AS ${measureColumn(measure)}`,
  );
  const events = `${eventsSql(source, source.facts.table, null, overEvents)} GROUP BY ALL`;
  if (source.parent === null) return events;
  const stored = [
    "pane",
    ...keyColumns(source.metric),
    ...plain.map((one) => `${plainOverStored(one, source.facts.dialect)} AS ${measureColumn(one)}`),
  ];
  return `${events}\nUNION ALL\nSELECT ${stored.join(", ")} FROM ${source.parent}`;
};

/** One row for each group that has any register or bin, with the stored form of the measure. */
const explodedSql = (source: MetricSource, measure: MeasureDefinition): string => {
  const groups = ["pane", ...keyColumns(source.metric)].join(", ");
  const parts = exploded(measure, source.facts, source.coupons);
  const events = eventsSql(source, parts.fromEvents, parts.whereOfEvent, [
    `${parts.partOfEvent} AS part`,
    `${parts.valueOfEvent} AS value`,
  ]);
  const stored = `SELECT ${groups}, ${parts.partOfStored("item")} AS part, ${parts.valueOfStored("item")} AS value
    FROM (SELECT ${groups}, ${source.facts.dialect.unnest(measureColumn(measure))} AS item FROM ${source.parent})`;
  return `SELECT ${groups}, ${parts.stored} AS ${measureColumn(measure)} FROM (
  SELECT ${groups}, part, ${parts.fold} AS value FROM (
    ${events}${source.parent === null ? "" : `\n    UNION ALL\n    ${stored}`}
  ) GROUP BY ${groups}, part
) GROUP BY ${groups}`;
};

/** One row for each group: a generation's events put together with the parent's rows, in the form in which they are stored. */
export const groupsSql = (source: MetricSource): string => {
  const { metric } = source;
  const groups = ["pane", ...keyColumns(metric)];
  const plain = metric.measures.filter(isPlain);
  const branches = [
    { columns: [...groups, ...plain.map(measureColumn)], sql: plainSql(source, plain) },
    ...metric.measures
      .filter((measure) => !isPlain(measure))
      .map((measure) => ({
        columns: [...groups, measureColumn(measure)],
        sql: explodedSql(source, measure),
      })),
  ];
  const { anyValue, emptyList, unionByName } = source.facts.dialect;
  const measures = metric.measures.map((measure) => {
    const column = measureColumn(measure);
    if (isPlain(measure)) return `${foldPlain(measure)} AS ${column}`;
    return `coalesce(${anyValue(column)}, ${emptyList}) AS ${column}`;
  });
  return `SELECT ${[...groups, ...measures].join(", ")} FROM (
${unionByName(branches, [...groups, ...metric.measures.map(measureColumn)])}
)
GROUP BY ${groups.join(", ")}`;
};

/** The order in which groups are stored. */
export const groupOrder = (metric: MetricDefinition): readonly string[] =>
  ["pane", ...keyColumns(metric)].map((column) => `${column} NULLS FIRST`);

/** A metric's rows of the touched days, sorted as they are stored. */
export const metricSql = (table: string, source: MetricSource): string => {
  const order = groupOrder(source.metric);
  return tableSql(table, `${groupsSql(source)}\nORDER BY ${order.join(", ")}`);
};

/** The UTC days (since 1970) of a metric's panes that this generation's events touch. */
export const touchedDaysSql = (source: MetricSource): string =>
  `SELECT DISTINCT floor(pane / 86400000)::INTEGER AS day FROM (${eventsSql(source, source.facts.table, null, [])}) ORDER BY day`;
