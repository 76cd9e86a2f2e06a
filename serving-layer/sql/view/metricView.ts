import type { MeasureSpec, MetricDefinition } from "@freshet/model";
import { quoteName, quoteText } from "../../reader/settled/settledSql.js";
import type { LivePanes } from "../liveBatches.js";
import type { Relation } from "../relation/relations.js";
import { mergedState, presentedState, stateOfLive, stateOfStored } from "./states.js";

/** What a metric's relations are made of. */
export interface MetricSources {
  /** The generation's files. Those of days that live touches are merged with it, the others stand as they are. */
  readonly files: readonly { readonly file: string; readonly day: string }[];
  /** Holds what came in after the cut. */
  readonly liveTable: string;
  readonly livePanes: LivePanes;
  /** Panes that begin before it, and that live does not touch, are settled; null: none is. */
  readonly settledBeforeMs: number | null;
  /** Panes of which some groups have no name of their own: they are not settled. */
  readonly overflowPanes: readonly number[];
}

const MICROS_PER_MS = 1000;
const DAY_IN_PATH = "/(\\d{4}-\\d\\d-\\d\\d)/[^/]*$";

const key = (name: string): string => quoteName(`k_${name}`);
const stored = (name: string): string => quoteName(`m_${name}`);
const bins = (name: string): string => quoteName(`b_${name}`);

const storedType = ({ kind }: MeasureSpec): string => {
  switch (kind) {
    case "count":
    case "min":
    case "max":
      return "BIGINT";
    case "sum":
      return "DECIMAL(38,0)";
    case "countDistinct":
      return "UINTEGER[]";
    case "quantiles":
      return "STRUCT(bin INTEGER, n BIGINT)[]";
  }
};

const keyType = (type: string): string =>
  type === "string" ? "VARCHAR" : type === "boolean" ? "BOOLEAN" : "BIGINT";

/** The table that takes what came in after the cut. */
export const liveTableSql = (metric: MetricDefinition, table: string): string => {
  const columns = [
    "pane BIGINT",
    ...metric.by.map(({ name, type }) => `${key(name)} ${keyType(type)}`),
    ...metric.measures.flatMap(({ name, spec }) =>
      spec.kind === "quantiles"
        ? [`${stored(name)} BIGINT[]`, `${bins(name)} INTEGER[]`]
        : [`${stored(name)} ${storedType(spec)}`],
    ),
  ];
  return `CREATE OR REPLACE TABLE ${table} (${columns.join(", ")})`;
};

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** Rows of files, with the day that the path names. */
const storedSql = (metric: MetricDefinition, files: readonly string[], where = ""): string => {
  const columns = [
    ...metric.by.map(({ name, type }) => [key(name), keyType(type)]),
    ...metric.measures.map(({ name, spec }) => [stored(name), storedType(spec)]),
  ] as const;
  if (files.length === 0) {
    const empty = [["pane", "BIGINT"], ...columns, ["day", "DATE"]].map(
      ([name, type]) => `NULL::${type} AS ${name}`,
    );
    return `(SELECT ${empty.join(", ")} WHERE false)`;
  }
  return (
    `(SELECT pane, ${columns.map(([name]) => `${name}, `).join("")}regexp_extract(filename, ${quoteText(DAY_IN_PATH)}, 1)::DATE AS day ` +
    `FROM read_parquet([${files.map(quoteText).join(", ")}], filename = true, hive_partitioning = false)${where})`
  );
};

const timestamp = (ms: string): string => `make_timestamp(${ms} * ${MICROS_PER_MS})`;

/** Expressions under the relation's names, in its order. */
const select = (relation: Relation, expressions: readonly string[]): string =>
  expressions
    .map((expression, index) => `${expression} AS ${quoteName(relation.columns[index]?.name as string)}`)
    .join(", ");

const keysOf = (metric: MetricDefinition, table: string): readonly string[] =>
  metric.by.map(({ name, type }) =>
    type === "instant" ? timestamp(`${table}.${key(name)}`) : `${table}.${key(name)}`,
  );

const liveDay = (table: string): string => `${timestamp(`${table}.pane`)}::DATE`;

/** Batch's rows and live's, states as they are: whoever adds them up merges them. */
export const partsSql = (relation: Relation, metric: MetricDefinition, sources: MetricSources): string => {
  const states = (table: string, stateOf: (measure: MetricDefinition["measures"][number]) => string) => [
    timestamp(`${table}.pane`),
    ...keysOf(metric, table),
    ...metric.measures.map(stateOf),
  ];
  const settled = [
    ...states("s", ({ name, spec }) => stateOfStored(spec, `s.${stored(name)}`)),
    "false",
    "s.day",
  ];
  const live = [
    ...states("l", ({ name, spec }) => stateOfLive(spec, `l.${stored(name)}`, `l.${bins(name)}`)),
    "true",
    liveDay("l"),
  ];
  const files = sources.files.map(({ file }) => file);
  return `SELECT ${select(relation, settled)} FROM ${storedSql(metric, files)} s
UNION ALL
SELECT ${select(relation, live)} FROM ${sources.liveTable} l`;
};

const isSettled = ({ settledBeforeMs, overflowPanes }: MetricSources): string => {
  if (settledBeforeMs === null) return "false";
  const named = overflowPanes.length === 0 ? "" : ` AND s.pane NOT IN (${overflowPanes.join(", ")})`;
  return `(s.pane < ${settledBeforeMs}${named})`;
};

/** One row for each pane and key, batch and live added up: what `series` and `top` answer too. */
export const metricViewSql = (
  relation: Relation,
  metric: MetricDefinition,
  sources: MetricSources,
): string => {
  const { livePanes, liveTable } = sources;
  const touched = ({ day }: MetricSources["files"][number]): boolean =>
    livePanes !== null && day >= dayOf(livePanes.firstMs) && day <= dayOf(livePanes.lastMs);
  const warm = sources.files.filter(touched).map(({ file }) => file);
  const cold = sources.files.filter((file) => !touched(file)).map(({ file }) => file);
  const same = [
    "s.pane = l.pane",
    ...metric.by.map(({ name }) => `s.${key(name)} IS NOT DISTINCT FROM l.${key(name)}`),
  ].join(" AND ");
  const presented = (states: readonly string[], merged: boolean): readonly string[] =>
    metric.measures.flatMap(({ spec }, index) =>
      presentedState(spec, states[index] as string, merged).map(({ expression }) => expression),
    );
  const batch = [
    timestamp("s.pane"),
    ...keysOf(metric, "s"),
    ...presented(
      metric.measures.map(({ name, spec }) => stateOfStored(spec, `s.${stored(name)}`)),
      false,
    ),
    isSettled(sources),
    "false",
    "s.day",
  ];
  const both = [
    timestamp("m.pane"),
    ...keysOf(metric, "m"),
    ...presented(
      metric.measures.map(({ name }) => `m.${stored(name)}`),
      true,
    ),
    "false",
    "true",
    liveDay("m"),
  ];
  const merged = [
    "l.pane",
    ...metric.by.map(({ name }) => `l.${key(name)}`),
    ...metric.measures.map(({ name, spec }) => {
      const live = stateOfLive(spec, `l.${stored(name)}`, `l.${bins(name)}`);
      const settled =
        spec.kind === "count" || spec.kind === "sum" || spec.kind === "min" || spec.kind === "max"
          ? `s.${stored(name)}`
          : stateOfStored(spec, `s.${stored(name)}`);
      return `${mergedState(spec, live, settled)} AS ${stored(name)}`;
    }),
  ];
  const parts = [`SELECT ${select(relation, batch)} FROM ${storedSql(metric, cold)} s`];
  if (livePanes !== null) {
    const within = ` WHERE pane BETWEEN ${livePanes.firstMs} AND ${livePanes.lastMs}`;
    parts.push(
      `SELECT ${select(relation, batch)} FROM ${storedSql(metric, warm)} s ANTI JOIN ${liveTable} l ON ${same}`,
      `SELECT ${select(relation, both)} FROM (SELECT ${merged.join(", ")} FROM ${liveTable} l LEFT JOIN ${storedSql(metric, warm, within)} s ON ${same}) m`,
    );
  }
  return parts.join("\nUNION ALL\n");
};
