import {
  type DriftCause,
  type EpochMs,
  type GroupKey,
  mergeStates,
  type MetricDefinition,
} from "@freshet/model";
import type { DuckDb } from "@freshet/storage";
import { comparedMeasures } from "../drift/additive.js";
import type { SettledSide } from "../drift/comparison.js";
import type { LiveSide, PaneGroups } from "../drift/liveSide.js";
import type { Sample } from "../drift/sample.js";
import { eachGroup, readAmounts, type SettledSource } from "../drift/settledSide.js";
import { type FileTarget, localFiles } from "../generation/files.js";
import { measureColumn } from "../sql/measures.js";
import { keyColumns } from "../sql/metric.js";
import { parquet } from "../sql/text.js";
import { filesOfResult, rowsOf, type SparkResult } from "./job.js";
import { CAUSE_COLUMN, SEGMENT_COLUMN } from "./planDrift.js";
import { fromOut, type PlannedMetric } from "./planned.js";

/** What a SELECT reads of a part of a result: Spark writes one file at least, also for no rows. */
export const partOf = async ({ lake }: FileTarget, result: SparkResult, name: string): Promise<string> =>
  parquet(
    await localFiles(
      lake,
      filesOfResult(result, name).map(({ path }) => fromOut(path)),
    ),
  );

const ofClass = (rows: string, segment: string): string =>
  `${rows} d JOIN reconciled r ON r.segment = d.${segment}`;

const amountsOf = (metric: MetricDefinition, rows: string, part: string, where: string): string => {
  const totals = comparedMeasures(metric).additive.map(({ measure }) => {
    const column = measureColumn(measure);
    return `, sum(${column}::HUGEINT)::VARCHAR AS ${column}`;
  });
  return `SELECT pane, ${part} AS part, sum(events)::BIGINT AS events${totals.join("")}
FROM ${ofClass(rows, "segment")} WHERE ${where} GROUP BY ALL`;
};

const readSample = async (
  db: DuckDb,
  metric: MetricDefinition,
  rows: string,
  level: number,
): Promise<Sample> => {
  if (level === 0) return { level, groups: null };
  const groups = new Map<EpochMs, Set<GroupKey>>();
  const select = `SELECT DISTINCT ${["pane", ...keyColumns(metric)].join(", ")} FROM ${rows}`;
  await eachGroup(db, metric, select, (pane, key) => {
    groups.set(pane, (groups.get(pane) ?? new Set()).add(key));
  });
  return { level, groups };
};

/** Segments and causes of a group are put together here: only now it is known which segments are compared. */
const readSide = async (
  db: DuckDb,
  metric: MetricDefinition,
  rows: string,
  { measures }: LiveSide,
): Promise<SettledSide> => {
  const sides = { groups: new Map(), beyond: new Map() } satisfies Record<string, PaneGroups>;
  const causes = new Map<EpochMs, Map<GroupKey, Set<DriftCause>>>();
  const columns = ["pane", ...keyColumns(metric), ...metric.measures.map(measureColumn), CAUSE_COLUMN];
  const select = `SELECT ${columns.map((column) => `d.${column}`).join(", ")} FROM ${ofClass(rows, SEGMENT_COLUMN)} WHERE r.class = 'compared'`;
  await eachGroup(db, metric, select, (pane, key, values, row) => {
    const at = (column: number): unknown => (values[column] as unknown[])[row];
    const first = 1 + metric.by.length;
    const states = measures.map((measure, index) => measure.fromColumn(at(first + index)));
    const cause = at(first + measures.length) as DriftCause | null;
    const groups = cause === null ? sides.groups : sides.beyond;
    const ofPane = groups.get(pane) ?? new Map();
    groups.set(pane, ofPane);
    const before = ofPane.get(key);
    ofPane.set(key, before ? mergeStates(measures, before, states) : states);
    if (cause === null) return;
    const causesOfPane = causes.get(pane) ?? new Map<GroupKey, Set<DriftCause>>();
    causes.set(pane, causesOfPane);
    causesOfPane.set(key, (causesOfPane.get(key) ?? new Set<DriftCause>()).add(cause));
  });
  return { ...sides, causes };
};

/** What a job found of each metric, for the comparison with what live had said. */
export const driftSources = async (
  target: FileTarget,
  metrics: readonly PlannedMetric[],
  result: SparkResult,
): Promise<readonly SettledSource[]> => {
  if (metrics.length === 0) return [];
  const { db } = target;
  const levels = new Map(
    rowsOf<{ metric: number; level: number }>(result, "drift_level").map((row) => [row.metric, row.level]),
  );
  const sources: SettledSource[] = [];
  for (const { kept, index } of metrics) {
    const metric = kept.definition;
    const amounts = await partOf(target, result, `drift_amounts_${index}`);
    const groups = await partOf(target, result, `drift_groups_${index}`);
    const level = levels.get(index);
    if (level === undefined) throw new Error(`the Spark job's result says no sample of ${metric.name}`);
    sources.push({
      metric,
      sample: await readSample(db, metric, groups, level),
      settled: (live) => readSide(db, metric, groups, live),
      standing: () => readAmounts(db, metric, amountsOf(metric, amounts, "r.class", "d.of_cause IS NULL")),
      beyond: () =>
        readAmounts(
          db,
          metric,
          amountsOf(metric, amounts, "d.of_cause", "d.of_cause IS NOT NULL AND r.class = 'compared'"),
        ),
    });
  }
  return sources;
};
