import type { Dimension, MetricDefinition } from "@freshet/model";
import { comparedMeasures } from "../drift/additive.js";
import { EVENTS_A_GROUP, GROUPS_MIN } from "../drift/sample.js";
import { revisionsOf } from "../drift/metricSources.js";
import {
  amountsSql,
  beyondSql,
  enteringSql,
  eventHoursSql,
  isSampled,
  RECONCILED_SQL,
  sampledBy,
} from "../sql/drift.js";
import type { FactTable } from "../sql/facts.js";
import { eventsSql, groupsSql, keyColumns, type MetricSource } from "../sql/metric.js";
import { SPARK } from "../sql/spark.js";
import { integer, tableSql } from "../sql/text.js";
import type { SparkStatement } from "./job.js";
import { type PlannedMetric, type PlanOptions, run } from "./planned.js";

const dimensionOf = (name: string): Dimension => ({
  name,
  type: "string",
  expression: { kind: "literal", type: "string", value: name },
});
/** Beside a metric's own dimensions, whose names begin with no digit: what is compared may still change, by segment. */
const SEGMENT = dimensionOf("1segment");
const CAUSE = dimensionOf("1cause");
export const SEGMENT_COLUMN = "k_1segment";
export const CAUSE_COLUMN = "k_1cause";

/** The tables by which rows are classed, and the books of events by hour. */
export const planEntering = ({ generation, segmentMs, folder }: PlanOptions): readonly SparkStatement[] => [
  ...run(RECONCILED_SQL),
  ...run(beyondSql(generation)),
  {
    kind: "files",
    name: "event_hours",
    sql: eventHoursSql(SPARK, generation, segmentMs),
    folder: `${folder}/event_hours`,
    byDay: false,
  },
];

interface Compared {
  readonly metric: MetricDefinition;
  readonly index: number;
  readonly standing: MetricSource;
  readonly beyond: MetricSource;
}

/** log2 of how often groups are halved: as `levelFor`, of columns `events` and `groups`. */
const levelSql = (groupsMax: number): string => {
  const halvings = (count: string, max: number): string =>
    `greatest(0, coalesce(ceil(log2(${count} / ${integer(max)})), 0))`;
  const spare = `greatest(0, coalesce(floor(log2(groups / ${integer(GROUPS_MIN)})), 0))`;
  return `CAST(greatest(${halvings("groups", groupsMax)}, least(${spare}, ${halvings("events", groupsMax * EVENTS_A_GROUP)})) AS INT)`;
};

const levelOf = ({ metric, index, standing }: Compared, groupsMax: number): string => {
  if (!isSampled(metric)) return `SELECT ${index} AS metric, 0 AS level`;
  const groups = ["pane", ...keyColumns(metric)].join(", ");
  return `SELECT ${index} AS metric, ${levelSql(groupsMax)} AS level
FROM (SELECT count(*) AS events, approx_count_distinct(xxhash64(${groups})) AS groups
  FROM (${eventsSql(standing, standing.facts.table, null, [])}))`;
};

/** A view of a metric's entering rows, each with its segment, class and cause. */
const enteringView = (
  view: string,
  facts: FactTable,
  cause: string,
  of: Parameters<typeof enteringSql>[2],
): readonly SparkStatement[] => {
  const all = `all_${view}`;
  return [
    ...run(enteringSql(all, facts.table, of)),
    ...run(`CREATE TEMP VIEW ${view} AS SELECT *, ${cause} AS of_cause FROM ${all}`),
  ];
};

/** The groups of a source's sample, of each segment and cause apart. */
const sampledGroups = ({ metric, index }: Compared, source: MetricSource): string => {
  const { facts } = source;
  const hashed = sampledBy(metric, facts).join(", ");
  const level = `(SELECT any_value(level) FROM drift_level WHERE metric = ${index})`;
  const chosen = isSampled(metric) ? ` AND pmod(xxhash64(${hashed}), shiftleft(1L, ${level})) = 0` : "";
  const columns = new Map([
    [SEGMENT.expression, "segment"],
    [CAUSE.expression, "of_cause"],
  ]);
  return groupsSql({
    ...source,
    metric: { ...metric, by: [...metric.by, SEGMENT, CAUSE] },
    facts: {
      ...facts,
      table: `(SELECT * FROM ${facts.table} WHERE class = 'compared'${chosen}) sampled`,
      column: (expression) => columns.get(expression) ?? facts.column(expression),
    },
  });
};

const amounts = ({ metric, standing, beyond }: Compared): string => {
  const additive = comparedMeasures(metric).additive.map(({ measure }) => measure);
  return [standing, beyond]
    .map((source) => amountsSql(source, "segment, of_cause", additive))
    .join("\nUNION ALL\n");
};

/**
 * What the increments of a run are compared with: amounts and sampled groups by segment, since only who reads the
 * increments knows which of them can be read.
 */
export const planDrift = (
  options: PlanOptions,
  metrics: readonly (PlannedMetric & { readonly beyond: FactTable })[],
  couponsOf: (table: string, column: string) => string,
): readonly SparkStatement[] => {
  const { folder, generation, schedule } = options;
  const compared = metrics.map(({ kept: { definition }, facts, beyond, index }): Compared => {
    const sourceOf = (of: FactTable, view: string): MetricSource => ({
      metric: definition,
      facts: { ...of, table: view },
      generation: null,
      parent: null,
      coupons: (column) => couponsOf(of.table, column),
      panes: `pane_${index}`,
    });
    return {
      metric: definition,
      index,
      standing: sourceOf(facts, `entering_${index}`),
      beyond: sourceOf(beyond, `entering_beyond_${index}`),
    };
  });
  const views = metrics.flatMap(({ kept: { definition }, facts, beyond, index }) => {
    const of = { generation, revisions: revisionsOf(schedule, definition) };
    return [
      ...enteringView(`entering_${index}`, facts, "CAST(NULL AS STRING)", of),
      ...enteringView(`entering_beyond_${index}`, beyond, "cause", of),
    ];
  });
  if (compared.length === 0) return [];
  const levels = compared.map((one) => levelOf(one, options.comparedGroupsMax)).join("\nUNION ALL\n");
  const files = (name: string, sql: string): SparkStatement => ({
    kind: "files",
    name,
    sql: `SELECT /*+ REPARTITION(1) */ * FROM (\n${sql}\n)`,
    folder: `${folder}/${name}`,
    byDay: false,
  });
  return [
    ...views,
    ...run(tableSql("drift_level", levels)),
    { kind: "rows", name: "drift_level", sql: "SELECT * FROM drift_level" },
    ...compared.flatMap((one) => [
      files(`drift_amounts_${one.index}`, amounts(one)),
      files(
        `drift_groups_${one.index}`,
        [one.standing, one.beyond].map((source) => sampledGroups(one, source)).join("\nUNION ALL\n"),
      ),
    ]),
  ];
};
