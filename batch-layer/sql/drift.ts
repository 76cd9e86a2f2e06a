import { DRIFT_CAUSES, type MeasureDefinition, type MetricDefinition, REASONS } from "@freshet/model";
import type { Dialect } from "./dialect.js";
import type { FactTable } from "./facts.js";
import { eventsSql, keyColumns, type MetricSource, needsPaneTable } from "./metric.js";
import { measureColumn, plainOverEvents } from "./measures.js";
import { floorTo, integer, text } from "./text.js";

/*
 *   reconciled   segments whose rows enter in this run, by how live's increments of them are compared:
 *                `compared`; `written_off`: only what they amount to; `unknown`: their increments cannot be read
 *   beyond       rows of compared segments that live counted and that do not stand, with the cause
 */
export const RECONCILED_SQL = `CREATE TEMP TABLE reconciled AS
SELECT s.segment, s.shard, s.tick, s.ordinal, s.revision, s.role = 'delta' AS own,
  CASE WHEN s.written_off OR s.gap OR s.duplicates <> coalesce(d.duplicates, 0) THEN 'written_off' ELSE 'compared' END AS class
FROM segment s
SEMI JOIN in_cut USING (segment)
LEFT JOIN live_duplicate d USING (segment)
WHERE s.role = 'delta' OR s.written_off`;

export const beyondSql = (generation: number): string => `CREATE TEMP TABLE beyond AS
SELECT r.*,
  CASE WHEN c.conflict THEN 'conflict' WHEN f.shard IS NOT NULL THEN 'far_duplicate' ELSE 'cross_shard_duplicate' END AS cause
FROM copy c
JOIN landed_row r ON r.shard = c.shard AND r.sequence = c.sequence AND r.subsequence = c.subsequence
LEFT JOIN family f ON f.shard = c.shard AND f.ancestor = c.of_shard
WHERE c.entered = ${integer(generation)} AND c.segment IN (SELECT segment FROM reconciled WHERE class = 'compared')
  AND NOT EXISTS (
    SELECT 1 FROM live_copy l WHERE l.shard = c.shard AND l.sequence = c.sequence AND l.subsequence = c.subsequence
  )`;

/** The events of a run that a metric's increments are about, as a view of its facts. */
export const enteringSql = (
  view: string,
  facts: string,
  run: { readonly generation: number; readonly revisions: readonly number[] },
): string => `CREATE TEMP VIEW ${view} AS
SELECT f.*, g.class FROM ${facts} f JOIN reconciled g USING (segment)
WHERE f.entered = ${integer(run.generation)} AND g.revision IN (${run.revisions.map(integer).join(", ")})`;

/** What a sample is chosen by: panes of local time are in no column of the facts. */
export const sampledBy = (metric: MetricDefinition, facts: FactTable): readonly string[] => [
  ...(needsPaneTable(metric) ? [] : [floorTo("time_ms", metric.paneMs)]),
  ...metric.by.map(({ expression }) => facts.column(expression)),
];

/** Whether a metric has anything to choose a sample by. */
export const isSampled = (metric: MetricDefinition): boolean =>
  metric.by.length > 0 || !needsPaneTable(metric);

/**
 * Those of compared segments, and of them a sample of the groups: 2^-level of all. A sample is small and read again and
 * again: it is laid aside. Which segments are compared may still change.
 */
export const comparedSql = (
  view: string,
  entering: string,
  { facts, metric }: Pick<MetricSource, "facts" | "metric">,
  level: number,
): string => {
  const compared = `SELECT * FROM ${entering} WHERE class = 'compared'`;
  if (level === 0) return `CREATE TEMP VIEW ${view} AS ${compared}`;
  const by = sampledBy(metric, facts).join(", ");
  return `CREATE TEMP TABLE sample_of_${view} AS ${compared} AND hash(${by}) % ${integer(2 ** level)} = 0;
CREATE TEMP VIEW ${view} AS
SELECT s.* FROM sample_of_${view} s SEMI JOIN (SELECT segment FROM reconciled WHERE class = 'compared') USING (segment)`;
};

const groupColumns = (metric: MetricDefinition): string => ["pane", ...keyColumns(metric)].join(", ");

/** How many events there are, and about how many groups. */
export const sizeSql = (source: MetricSource): string =>
  `SELECT count(*) AS events, approx_count_distinct(hash(${groupColumns(source.metric)})) AS groups
FROM (${eventsSql(source, source.facts.table, null, [])})`;

export const sampledGroupsSql = (source: MetricSource): string =>
  `SELECT DISTINCT ${groupColumns(source.metric)} FROM (${eventsSql(source, source.facts.table, null, [])})`;

/** How many events there are in each pane and part, and what the measures that add up amount to. @param parts columns, as they are selected */
export const amountsSql = (
  source: MetricSource,
  parts: string,
  additive: readonly MeasureDefinition[],
): string => {
  const totals = additive.map(
    (measure) =>
      `(${plainOverEvents(measure, source.facts)})::${source.facts.dialect.varchar} AS ${measureColumn(measure)}`,
  );
  const rest = [parts, "count(*) AS events", ...totals];
  const metric = { ...source.metric, by: [] };
  return `${eventsSql({ ...source, metric }, source.facts.table, null, rest)} GROUP BY ALL`;
};

/** Which groups have rows of which cause. */
export const causesSql = (source: MetricSource): string => {
  const rows = eventsSql(source, source.facts.table, null, ["cause"]);
  return `SELECT DISTINCT ${groupColumns(source.metric)}, cause FROM (${rows})`;
};

export const DRIFT_TABLE_SQL = `CREATE TEMP TABLE drift (
  definition VARCHAR, pane BIGINT, measure VARCHAR, live VARCHAR, settled VARCHAR, compared BIGINT, differing BIGINT,
  late BIGINT, unknown BIGINT, share DOUBLE, ${DRIFT_CAUSES.map((cause) => `${cause} VARCHAR`).join(", ")}
)`;

const EXACT = "DECIMAL(38, 0)";

export const driftRowsSql = (generation: number): string => {
  const exact = ["live", "settled", ...DRIFT_CAUSES].map((column) => `${column}::${EXACT} AS ${column}`);
  return `SELECT ${integer(generation)} AS generation, definition, pane, measure, compared, differing, late, unknown, share,
  ${exact.join(", ")} FROM drift`;
};

const HOUR_MS = 3_600_000;
const COUNTS = ["records", "events", "accepted", "duplicates"] as const;

const hourOf = (tick: string, segmentMs: number): string =>
  `(floor(${tick} * ${integer(segmentMs)} / ${HOUR_MS}) * ${HOUR_MS})::BIGINT AS hour`;

/** What batch counts of the events that enter in this run, by hour of arrival. */
export const eventHoursSql = (dialect: Dialect, generation: number, segmentMs: number): string => {
  const entered = `entered = ${integer(generation)}`;
  const rejected = REASONS.map(
    (reason) => `count(*) FILTER (WHERE reason = ${dialect.text(reason)}) AS ${reason}`,
  );
  const batch = {
    columns: ["hour", "records", "events", "accepted", ...REASONS],
    sql: `SELECT ${hourOf("tick", segmentMs)}, count(*) FILTER (WHERE subsequence = 0) AS records,
  count(*) FILTER (WHERE kind = 'event') AS events, count(identity) AS accepted, ${rejected.join(", ")}
FROM counted_row WHERE ${entered} GROUP BY 1`,
  };
  const copies = {
    columns: ["hour", "duplicates", "accepted", "conflicts"],
    sql: `SELECT ${hourOf("s.tick", segmentMs)}, count(*) AS duplicates, -count(*) AS accepted, count(*) FILTER (WHERE c.conflict) AS conflicts
FROM copy c JOIN segment s USING (segment) WHERE c.${entered} GROUP BY 1`,
  };
  const counts = [...COUNTS, "conflicts", ...REASONS];
  return `SELECT hour, ${counts.map((one) => `coalesce(sum(${one}), 0)::BIGINT AS ${one}`).join(", ")} FROM (
${dialect.unionByName([batch, copies], ["hour", ...counts])}
) GROUP BY hour`;
};

/** `hour_counts`: what entered in this run on both sides, by hour of arrival. @param events what gives the rows of `eventHoursSql` */
export const hourCountsSql = (generation: number, segmentMs: number, events: string): string => {
  const columns = [
    ...COUNTS,
    "conflicts",
    ...REASONS,
    ...[...COUNTS, ...REASONS].map((one) => `speed_${one}`),
  ];
  return `CREATE TEMP TABLE hour_counts AS
WITH own AS (SELECT s.* FROM segment s SEMI JOIN in_cut USING (segment) WHERE s.role = 'delta'),
refused AS (
  SELECT ${hourOf("o.tick", segmentMs)}, ${REASONS.map((reason) => `coalesce(sum(r.events) FILTER (r.reason = ${text(reason)}), 0) AS speed_${reason}`).join(", ")},
    -coalesce(sum(r.events), 0) AS speed_accepted
  FROM own o JOIN segment_rejected r USING (segment) GROUP BY 1
),
speed AS (
  SELECT ${hourOf("tick", segmentMs)}, sum(records) AS speed_records, sum(events) AS speed_events, sum(duplicates) AS speed_duplicates,
    sum(events - duplicates) AS speed_accepted
  FROM own GROUP BY 1
)
SELECT ${integer(generation)} AS generation, hour, ${columns.map((column) => `coalesce(sum(${column}), 0)::BIGINT AS ${column}`).join(", ")}
FROM (
  SELECT * FROM (${events}) UNION ALL BY NAME SELECT * FROM speed UNION ALL BY NAME SELECT * FROM refused
)
GROUP BY hour HAVING ${columns.map((column) => `coalesce(sum(${column}), 0)`).join(" + ")} > 0`;
};
