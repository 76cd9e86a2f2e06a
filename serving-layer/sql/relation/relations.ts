import type { MetricDefinition } from "@freshet/model";
import { presentedState, stateType } from "../view/states.js";

export interface RelationColumn {
  readonly name: string;
  /** DuckDB's. */
  readonly type: string;
}

/** What a statement can read. */
export interface Relation {
  readonly name: string;
  readonly kind: "metric" | "parts" | "events";
  /** Null for `events`. */
  readonly metric: MetricDefinition | null;
  readonly description: string;
  readonly columns: readonly RelationColumn[];
}

export const EVENTS = "events";
const PARTS = "_parts";

const EVENT_COLUMNS: readonly RelationColumn[] = [
  { name: "time", type: "TIMESTAMP" },
  { name: "type", type: "VARCHAR" },
  { name: "id", type: "VARCHAR" },
  { name: "body", type: "VARCHAR" },
  { name: "reason", type: "VARCHAR" },
  { name: "arrival", type: "TIMESTAMP" },
  { name: "arrival_hour", type: "TIMESTAMP" },
  { name: "shard", type: "VARCHAR" },
  { name: "sequence", type: "VARCHAR" },
  { name: "subsequence", type: "INTEGER" },
  { name: "revision", type: "INTEGER" },
];

const events: Relation = {
  name: EVENTS,
  kind: "events",
  metric: null,
  description:
    "Events as they landed, rejected ones with their reason; filter by arrival_hour to read few files. A position can stand twice.",
  columns: EVENT_COLUMNS,
};

/** Names that differ by more than case, as SQL asks: a taken one gets a number. */
const createNames = (taken: readonly string[] = []): ((wanted: string) => string) => {
  const used = new Set(taken.map((name) => name.toLowerCase()));
  return (wanted) => {
    let name = wanted;
    for (let number = 2; used.has(name.toLowerCase()); number++) name = `${wanted}_${number}`;
    used.add(name.toLowerCase());
    return name;
  };
};

const dimensionType = (type: string): string => {
  switch (type) {
    case "integer":
      return "BIGINT";
    case "boolean":
      return "BOOLEAN";
    case "instant":
      return "TIMESTAMP";
    default:
      return "VARCHAR";
  }
};

const FIRST: RelationColumn = { name: "pane", type: "TIMESTAMP" };
/** The UTC day of the pane's start: files are by day, so that a filter on it reads few. */
const DAY: RelationColumn = { name: "day", type: "DATE" };

const columnsOf = (
  metric: MetricDefinition,
  last: readonly RelationColumn[],
  measureColumns: (measure: MetricDefinition["measures"][number]) => readonly RelationColumn[],
): readonly RelationColumn[] => {
  const nameOf = createNames([FIRST, ...last].map(({ name }) => name));
  const middle = [
    ...metric.by.map(({ name, type }) => ({ name, type: dimensionType(type) })),
    ...metric.measures.flatMap(measureColumns),
  ];
  return [FIRST, ...middle.map(({ name, type }) => ({ name: nameOf(name), type })), ...last];
};

const boolean = (name: string): RelationColumn => ({ name, type: "BOOLEAN" });

const metricRelations = (metric: MetricDefinition, name: string, partsName: string): readonly Relation[] => [
  {
    name,
    kind: "metric",
    metric,
    description: `${metric.name}: one row for each pane and key, batch and live added up. live: increments after the cut are in it; settled: exact.`,
    columns: columnsOf(metric, [boolean("settled"), boolean("live"), DAY], ({ name: measure, spec }) =>
      presentedState(spec, "", false).map(({ suffix, type }) => ({ name: `${measure}${suffix}`, type })),
    ),
  },
  {
    name: partsName,
    kind: "parts",
    metric,
    description: `${metric.name}: up to two rows for each pane and key, of batch and of what came after (live), with states to be merged by distinct_merged and quantile_merged.`,
    columns: columnsOf(metric, [boolean("live"), DAY], ({ name: measure, spec }) => [
      { name: measure, type: stateType(spec) },
    ]),
  },
];

/** `article_views` for `article-views`; every metric has two relations, and `events` is all that landed. */
export const relationsOf = (metrics: readonly MetricDefinition[]): readonly Relation[] => {
  const nameOf = createNames([EVENTS]);
  const plain = (metric: MetricDefinition): string => metric.name.replaceAll(/[^A-Za-z0-9_]/g, "_");
  // Names of their own come first, so that no other metric's parts take one.
  const names = metrics.map((metric) => nameOf(plain(metric)));
  return [
    ...metrics.flatMap((metric, index) =>
      metricRelations(metric, names[index] as string, nameOf(`${names[index]}${PARTS}`)),
    ),
    events,
  ];
};

/** What can be called in a statement, beside DuckDB's own. */
export const FUNCTIONS = [
  { name: "distinct_of", description: "distinct_of(state): distinct values of one row of a _parts relation" },
  {
    name: "distinct_merged",
    description: "distinct_merged(state): distinct values of many rows, an aggregate",
  },
  { name: "quantile_of", description: "quantile_of(state, p): a quantile of one row of a _parts relation" },
  {
    name: "quantile_merged",
    description: "quantile_merged(state, p): a quantile of many rows, an aggregate",
  },
] as const;
