import type { MeasureDefinition, MetricDefinition } from "@freshet/model";
import { keyColumns } from "../sql/metric.js";
import { SPARK } from "../sql/spark.js";
import { integer, tableSql } from "../sql/text.js";
import { baselineSql, membersSql, type TrendSource, windowDaysSql, windowsSql } from "../sql/trend.js";
import type { SparkInput, SparkStatement } from "./job.js";
import {
  belowOut,
  byDay,
  dayOf,
  localTimeCheck,
  LONGEST_MS,
  type PlannedMetric,
  type PlanOptions,
  run,
} from "./planned.js";

const measureOf = ({ name, measures, trend }: MetricDefinition): MeasureDefinition => {
  const on = measures.find((measure) => measure.name === trend?.on);
  if (!on) throw new Error(`metric ${name} has no measure ${trend?.on ?? ""} for its trend`);
  return on;
};

/** Counts the windows of the touched days, and moves the baseline by those that changed. */
export const planTrend = (
  options: PlanOptions,
  { kept, facts, index, trendOnParent }: PlannedMetric,
): { readonly inputs: readonly SparkInput[]; readonly statements: readonly SparkStatement[] } => {
  const metric = kept.definition;
  const on = measureOf(metric);
  const parent = (trendOnParent && options.parent?.metrics[metric.hash]?.trend) || null;
  const days = `trend_days_${index}`;
  const inTouched = `${dayOf("start")} IN (SELECT day FROM ${days})`;
  const stored = (part: "windows" | "members", where: string): string | null =>
    parent === null || parent[part].length === 0
      ? null
      : `(SELECT * FROM stored_${part}_${index} WHERE ${where})`;
  const parentTo = integer(parent?.toExclusiveMs ?? 0);
  const to = "(SELECT ms FROM trend_end)";
  // of the days that were not touched, those windows move that are complete at one end and not at the other
  const moves = `start + width_ms > least(${parentTo}, ${to})`;
  const source: TrendSource = {
    metric,
    on,
    facts,
    generation: parent === null ? null : options.generation,
    parentMembers: stored("members", inTouched),
    parentWindows: stored("windows", inTouched),
  };
  const table = `window_${index}`;
  const members = on.spec.kind === "countDistinct" ? `member_${index}` : null;
  const files = (name: string, sql: string, order: readonly string[]): SparkStatement => ({
    kind: "files",
    name: `${name}_${index}`,
    sql: byDay(sql, "start", order),
    folder: `${options.folder}/${name}_${index}`,
    byDay: true,
  });
  const input = (name: string, paths: readonly string[]): readonly SparkInput[] =>
    paths.length === 0 ? [] : [{ name: `stored_${name}_${index}`, below: "out", files: paths.map(belowOut) }];
  const baseline = baselineSql(`baseline_${index}`, {
    metric,
    dialect: SPARK,
    parentBaseline: parent === null ? null : `stored_baseline_${index}`,
    parentWindows: stored("windows", `${inTouched} OR ${moves}`),
    untouchedWindows: stored("windows", `NOT ${inTouched} AND ${moves}`),
    windows: table,
    parentToExclusiveMs: parentTo,
    toExclusiveMs: to,
    slots: metric.timeZone === "UTC" ? null : `slot_${index}`,
  });
  return {
    inputs: parent
      ? [
          ...input(
            "windows",
            parent.windows.map(({ path }) => path),
          ),
          ...input(
            "members",
            parent.members.map(({ path }) => path),
          ),
          ...input("baseline", [parent.baseline]),
        ]
      : [],
    statements: [
      ...run(tableSql(days, windowDaysSql(source))),
      ...(members === null
        ? []
        : [...run(membersSql(members, source)), files("members", `SELECT * FROM ${members}`, ["start"])]),
      ...run(windowsSql(table, source, members)),
      files("windows", `SELECT * FROM ${table}`, ["start", "width_ms"]),
      {
        kind: "rows",
        name: `trend_${index}`,
        sql: `SELECT ${to} AS to_ms, min(start) FILTER (WHERE width_ms = ${LONGEST_MS}) AS first_ms FROM ${table}`,
      },
      ...(metric.timeZone === "UTC"
        ? []
        : [localTimeCheck(`slots_${index}`, `${table} w ANTI JOIN slot_${index} z ON z.start = w.start`)]),
      ...run(baseline),
      {
        kind: "files",
        name: `baseline_${index}`,
        sql: `SELECT /*+ REPARTITION(1) */ * FROM baseline_${index} SORT BY ${[...keyColumns(metric), "width_ms", "slot"].join(", ")}`,
        folder: `${options.folder}/baseline_${index}`,
        byDay: false,
      },
    ],
  };
};
