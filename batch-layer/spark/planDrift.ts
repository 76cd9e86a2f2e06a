import type { Dimension, MetricDefinition } from "@freshet/model";
import { comparedMeasures } from "../drift/additive.js";
import { EVENTS_A_GROUP, GROUPS_MIN } from "../drift/sample.js";
import { revisionsOf } from "../drift/metricSources.js";
import { amountsSql, beyondSql, eventHoursSql, isSampled, RECONCILED_SQL, sampledBy } from "../sql/drift.js";
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

/** A metric with the facts of its events that live counted and batch does not, of the same columns. */
export type DriftMetric = PlannedMetric & { readonly beyond: FactTable };

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
  /** All rows that enter, each with its segment, class and cause. */
  readonly entering: MetricSource;
}

/** Rows that stand have no cause. */
const enteringView = (
  { generation, schedule }: PlanOptions,
  { kept: { definition }, facts, beyond }: DriftMetric,
  view: string,
): string => {
  const columns = ["segment", "time_ms", ...facts.expressions.map((one) => facts.column(one))];
  const revisions = revisionsOf(schedule, definition).map(integer).join(", ");
  const rows = (table: string, cause: string): string =>
    `SELECT ${columns.map((column) => `f.${column}`).join(", ")}, g.class, ${cause} AS of_cause
FROM ${table} f JOIN reconciled g ON g.segment = f.segment
WHERE f.entered = ${integer(generation)} AND g.revision IN (${revisions})`;
  return `CREATE TEMP VIEW ${view} AS
${rows(facts.table, "CAST(NULL AS STRING)")}
UNION ALL
${rows(beyond.table, "f.cause")}`;
};

/** log2 of how often groups are halved: as `levelFor`, of columns `events` and `groups`. */
const levelSql = (groupsMax: number): string => {
  const halvings = (count: string, max: number): string =>
    `greatest(0, coalesce(ceil(log2(${count} / ${integer(max)})), 0))`;
  const spare = `greatest(0, coalesce(floor(log2(groups / ${integer(GROUPS_MIN)})), 0))`;
  return `CAST(greatest(${halvings("groups", groupsMax)}, least(${spare}, ${halvings("events", groupsMax * EVENTS_A_GROUP)})) AS INT)`;
};

const levelOf = ({ metric, index, entering }: Compared, groupsMax: number): string => {
  if (!isSampled(metric)) return `SELECT ${index} AS metric, 0 AS level`;
  const groups = ["pane", ...keyColumns(metric)].join(", ");
  const standing = eventsSql(entering, entering.facts.table, "of_cause IS NULL", []);
  return `SELECT ${index} AS metric, ${levelSql(groupsMax)} AS level
FROM (SELECT count(*) AS events, approx_count_distinct(xxhash64(${groups})) AS groups FROM (${standing}))`;
};

/** Read for each measure again: it is laid aside. */
const sampleSql = ({ metric, index, entering: { facts } }: Compared): string => {
  const level = `(SELECT any_value(level) FROM drift_level WHERE metric = ${index})`;
  const hashed = `xxhash64(${sampledBy(metric, facts).join(", ")})`;
  const chosen = isSampled(metric) ? ` AND pmod(${hashed}, shiftleft(1L, ${level})) = 0` : "";
  return `SELECT * FROM ${facts.table} WHERE class = 'compared'${chosen}`;
};

/** The groups of the sample, of each segment and cause apart. */
const sampledGroups = ({ metric, entering }: Compared, sample: string): string => {
  const columns = new Map([
    [SEGMENT.expression, "segment"],
    [CAUSE.expression, "of_cause"],
  ]);
  const { facts } = entering;
  return groupsSql({
    ...entering,
    metric: { ...metric, by: [...metric.by, SEGMENT, CAUSE] },
    facts: {
      ...facts,
      table: sample,
      column: (expression) => columns.get(expression) ?? facts.column(expression),
    },
  });
};

/**
 * What the increments of a run are compared with: amounts and sampled groups by segment, since only who reads the
 * increments knows which of them can be read.
 */
export const planDrift = (
  options: PlanOptions,
  metrics: readonly DriftMetric[],
  couponsOf: (table: string, column: string) => string,
): readonly SparkStatement[] => {
  if (metrics.length === 0) return [];
  const compared = metrics.map(
    ({ kept: { definition }, facts, index }): Compared => ({
      metric: definition,
      index,
      entering: {
        metric: definition,
        facts: { ...facts, table: `entering_${index}` },
        generation: null,
        parent: null,
        coupons: (column) => couponsOf(facts.table, column),
        panes: `pane_${index}`,
      },
    }),
  );
  const files = (name: string, sql: string): SparkStatement => ({
    kind: "files",
    name,
    sql: `SELECT /*+ REPARTITION(1) */ * FROM (\n${sql}\n)`,
    folder: `${options.folder}/${name}`,
    byDay: false,
  });
  const levels = compared.map((one) => levelOf(one, options.comparedGroupsMax));
  return [
    ...metrics.flatMap((one) => run(enteringView(options, one, `entering_${one.index}`))),
    ...run(tableSql("drift_level", levels.join("\nUNION ALL\n"))),
    { kind: "rows", name: "drift_level", sql: "SELECT * FROM drift_level" },
    ...compared.flatMap((one) => {
      const { index, metric, entering } = one;
      const additive = comparedMeasures(metric).additive.map(({ measure }) => measure);
      return [
        files(`drift_amounts_${index}`, amountsSql(entering, "segment, of_cause", additive)),
        ...run(tableSql(`sample_${index}`, sampleSql(one))),
        files(`drift_groups_${index}`, sampledGroups(one, `sample_${index}`)),
      ];
    }),
  ];
};
