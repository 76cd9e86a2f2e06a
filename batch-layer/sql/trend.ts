import { type MetricDefinition, type MeasureDefinition, TREND_WIDTHS_MS } from "@freshet/model";
import type { FactTable } from "./facts.js";
import { keyColumns } from "./metric.js";
import type { Dialect } from "./dialect.js";
import { floorTo, integer, name, tableSql } from "./text.js";

const HOUR_MS = 3_600_000;
const SLOTS = 168;
const HOURS_MONDAY_TO_EPOCH = 72;
const SHORTEST_MS = Math.min(...TREND_WIDTHS_MS);

export interface TrendSource {
  readonly metric: MetricDefinition;
  readonly on: MeasureDefinition;
  readonly facts: FactTable;
  readonly generation: number | null;
  /** The parent's rows of the days that these events touch, as what follows a FROM; null where there are none. */
  readonly parentMembers: string | null;
  readonly parentWindows: string | null;
}

const eventsSql = (
  { metric, on, facts, generation }: TrendSource,
  first: readonly string[],
  rest: readonly string[],
): string => {
  const keys = metric.by.map(
    (dimension) => `${facts.column(dimension.expression)} AS ${name(`k_${dimension.name}`)}`,
  );
  const conditions = [
    ...(generation === null ? [] : [`entered = ${integer(generation)}`]),
    ...[metric.where, on.where].flatMap((where) => (where === null ? [] : [facts.column(where)])),
  ];
  const of = on.of === null ? null : facts.column(on.of);
  if (of !== null) conditions.push(`${of} IS NOT NULL`);
  // as a sketch of the same measure does: the empty text counts for nothing
  if (on.of?.type === "string") conditions.push(`${of} <> ''`);
  const filter = conditions.length > 0 ? ` WHERE ${conditions.join(" AND ")}` : "";
  return `SELECT ${[...first, ...keys, ...rest].join(", ")} FROM ${facts.table}${filter}`;
};

const startOfEvent = (widthMs: number): string => floorTo("time_ms", widthMs);

/** The UTC days (since 1970) of the windows that these events touch. */
export const windowDaysSql = (source: TrendSource): string =>
  `SELECT DISTINCT floor(time_ms / 86400000)::INTEGER AS day FROM (${eventsSql(source, ["time_ms"], [])})`;

/** The distinct values of each key in each shortest window, of the touched days. */
export const membersSql = (table: string, source: TrendSource): string => {
  const { metric, on, facts } = source;
  if (on.of === null) throw new Error(`the trend of ${metric.name} is about no values`);
  const columns = ["start", ...keyColumns(metric), "value"].join(", ");
  const events = eventsSql(
    source,
    [`${startOfEvent(SHORTEST_MS)} AS start`],
    [`${facts.column(on.of)} AS value`],
  );
  const parent =
    source.parentMembers === null ? "" : `\nUNION ALL\nSELECT ${columns} FROM ${source.parentMembers}`;
  return tableSql(table, `SELECT DISTINCT ${columns} FROM (\n${events}${parent}\n)\nORDER BY start`);
};

/** x of every window of the touched days. @param members the table of `membersSql`; null where events are counted. */
export const windowsSql = (table: string, source: TrendSource, members: string | null): string => {
  const keys = keyColumns(source.metric);
  const groups = ["width_ms", "start", ...keys].join(", ");
  const perWidth = TREND_WIDTHS_MS.map((widthMs) => {
    const width = `${integer(widthMs)}::BIGINT AS width_ms`;
    if (members === null) {
      return `${eventsSql(source, [width, `${startOfEvent(widthMs)} AS start`], ["count(*) AS x"])} GROUP BY ALL`;
    }
    const start = widthMs === SHORTEST_MS ? "start" : floorTo("start", widthMs);
    const x = widthMs === SHORTEST_MS ? "count(*)" : "count(DISTINCT value)";
    return `SELECT ${[width, `${start} AS start`, ...keys, `${x} AS x`].join(", ")} FROM ${members} GROUP BY ALL`;
  });
  const parent =
    members === null && source.parentWindows !== null
      ? [`SELECT ${groups}, x FROM ${source.parentWindows}`]
      : [];
  return tableSql(
    table,
    `SELECT ${groups}, sum(x)::BIGINT AS x FROM (
${[...perWidth, ...parent].join("\nUNION ALL\n")}
)
GROUP BY ${groups}
ORDER BY start, width_ms`,
  );
};

export interface BaselineSource {
  readonly metric: MetricDefinition;
  readonly dialect: Dialect;
  /** What follows a FROM, as the next two; null where there is none. */
  readonly parentBaseline: string | null;
  /** The parent's windows of the touched days, and of the days in which windows were completed since. */
  readonly parentWindows: string | null;
  /** Which of these are of days that were not touched. */
  readonly untouchedWindows: string | null;
  /** The table of `windowsSql`; null where no day was touched. */
  readonly windows: string | null;
  /** SQL of an instant. */
  readonly parentToExclusiveMs: string;
  readonly toExclusiveMs: string;
  /** The table (start, slot) of a metric with a time zone; null: UTC. */
  readonly slots: string | null;
}

/** Hour of week of a window's start, in UTC: see model/trend/slot.ts. */
const UTC_SLOT = `(((floor(w.start / ${HOUR_MS})::BIGINT + ${HOURS_MONDAY_TO_EPOCH}) % ${SLOTS} + ${SLOTS}) % ${SLOTS})::INTEGER`;

/**
 * The parent's baseline, less the share of windows as they were, plus their share as they are: touched ones, and those
 * that were completed since.
 */
export const baselineSql = (table: string, source: BaselineSource): string => {
  const keys = keyColumns(source.metric);
  const columns = ["width_ms", "start", ...keys, "x"].join(", ");
  const complete = (ms: string): string => `start + width_ms <= ${ms}`;
  const { wide } = source.dialect;
  const wideX = `w.x::${wide}`;
  const shares = [
    ...(source.parentWindows === null
      ? []
      : [
          `SELECT ${columns}, -1 AS sign FROM ${source.parentWindows} WHERE ${complete(source.parentToExclusiveMs)}`,
        ]),
    ...(source.untouchedWindows === null
      ? []
      : [
          `SELECT ${columns}, 1 AS sign FROM ${source.untouchedWindows} WHERE ${complete(source.toExclusiveMs)}`,
        ]),
    ...(source.windows === null
      ? []
      : [`SELECT ${columns}, 1 AS sign FROM ${source.windows} WHERE ${complete(source.toExclusiveMs)}`]),
  ];
  const slot = source.slots === null ? UTC_SLOT : "z.slot";
  const zone = source.slots === null ? "" : ` JOIN ${source.slots} z ON z.start = w.start`;
  const groups = [...keys, "width_ms", "slot"];
  const keysOfWindow = keys.map((key) => `w.${key}`);
  const branches = [
    ...(shares.length > 0
      ? [
          `SELECT ${[...keysOfWindow, "w.width_ms", `${slot} AS slot`, `w.sign * ${wideX} AS s`, `w.sign * ${wideX} * w.x AS q`].join(", ")}
FROM (
${shares.join("\nUNION ALL\n")}
) w${zone}`,
        ]
      : []),
    ...(source.parentBaseline === null
      ? []
      : [`SELECT ${groups.join(", ")}, s::${wide} AS s, q::${wide} AS q FROM ${source.parentBaseline}`]),
  ];
  return tableSql(
    table,
    `SELECT ${groups.join(", ")}, sum(s)::DECIMAL(38, 0) AS s, sum(q)::DECIMAL(38, 0) AS q FROM (
${branches.join("\nUNION ALL\n")}
)
GROUP BY ${groups.join(", ")}
HAVING sum(s) <> 0
ORDER BY ${groups.map((column) => `${column} NULLS FIRST`).join(", ")}`,
  );
};
