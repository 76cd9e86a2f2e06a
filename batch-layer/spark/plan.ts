import type { Expression, MetricDefinition } from "@freshet/model";
import { liveDuplicatesSql, REPEATED_SQL } from "../sql/duplicates.js";
import {
  copiesSql,
  countedViewSql,
  identityRowsSql,
  IN_CUT_SQL,
  knownIdentitiesSql,
  nothingKnownSql,
  STANDING_VIEW_SQL,
} from "../sql/identity.js";
import { positionRowsSql, totalsSql } from "../sql/ledger.js";
import {
  groupOrder,
  groupsSql,
  type MetricSource,
  needsPaneTable,
  QUARTER_MS,
  touchedDaysSql,
} from "../sql/metric.js";
import { SEGMENT_COUNTS_SQL } from "../sql/rows.js";
import { SPARK, sparkCouponsSql } from "../sql/spark.js";
import { floorTo, tableSql } from "../sql/text.js";
import { SPARK_REACH_SQL, sparkLandedRowsSql } from "../sql/sparkRows.js";
import { BEYOND, distinctValuesSql, factsSql } from "../sql/facts.js";
import { rowsFolder } from "../generation/files.js";
import { bodyVersions } from "../run/metricsToKeep.js";
import { type EventFacts, factsOfEvents, lackingIn } from "../run/metrics.js";
import type { SparkInput, SparkStatement } from "./job.js";
import {
  belowOut,
  byDay,
  dayOf,
  localTimeCheck,
  type PlannedMetric,
  type PlanOptions,
  run,
} from "./planned.js";
import { type DriftMetric, planDrift, planEntering } from "./planDrift.js";
import { planTrend } from "./planTrend.js";

export interface SparkPlan {
  readonly inputs: readonly SparkInput[];
  readonly statements: readonly SparkStatement[];
  readonly metrics: readonly PlannedMetric[];
}

const planned = (options: PlanOptions): readonly DriftMetric[] => {
  const parent = options.rebuild ? null : options.parent;
  const beyond = factsOfEvents(options.metrics, "beyond", SPARK);
  return factsOfEvents(options.metrics, "facts", SPARK)
    .flatMap(({ facts, metrics }, event) =>
      metrics.map((kept) => ({ facts, kept, beyond: (beyond[event] as EventFacts).facts })),
    )
    .map(({ facts, kept, beyond: ofBeyond }, index) => {
      const lacking = parent === null ? { files: true, trend: true } : lackingIn(parent, kept);
      const onParent = !lacking.files;
      return { kept, facts, beyond: ofBeyond, index, onParent, trendOnParent: !lacking.trend };
    });
};

/** Names of the tables (value, coupon), and what makes them. */
const planCoupons = (
  metrics: readonly DriftMetric[],
): { readonly statements: readonly SparkStatement[]; tableOf(table: string, column: string): string } => {
  const tables = new Map<string, string>();
  const statements: SparkStatement[] = [];
  const add = ({ facts, beyond }: DriftMetric, of: Expression): void => {
    const column = facts.column(of);
    const key = `${facts.table}.${column}`;
    if (tables.has(key)) return;
    const name = `coupon_${tables.size}`;
    tables.set(key, name);
    const values = [facts, beyond].map(({ table }) => distinctValuesSql(table, column)).join("\nUNION\n");
    statements.push(...run(tableSql(name, sparkCouponsSql(values, of.type))));
  };
  for (const metric of metrics) {
    for (const { spec, of } of metric.kept.definition.measures) {
      if (spec.kind === "countDistinct" && of) add(metric, of);
    }
  }
  return { statements, tableOf: (table, column) => tables.get(`${table}.${column}`) as string };
};

const planMetric = (
  options: PlanOptions,
  { kept, facts, index, onParent }: PlannedMetric,
  couponsOf: (table: string, column: string) => string,
): Pick<SparkPlan, "inputs" | "statements"> => {
  const metric: MetricDefinition = kept.definition;
  const stored = onParent ? (options.parent?.metrics[metric.hash]?.files ?? []) : [];
  const source: MetricSource = {
    metric,
    facts,
    generation: onParent ? options.generation : null,
    parent:
      stored.length === 0
        ? null
        : `(SELECT * FROM stored_${index} WHERE ${dayOf("pane")} IN (SELECT day FROM touched_${index}))`,
    coupons: (column) => couponsOf(facts.table, column),
    panes: `pane_${index}`,
  };
  return {
    inputs:
      stored.length === 0
        ? []
        : [{ name: `stored_${index}`, below: "out", files: stored.map(({ path }) => belowOut(path)) }],
    statements: [
      ...(needsPaneTable(metric)
        ? [
            localTimeCheck(
              `panes_${index}`,
              `${facts.table} f ANTI JOIN pane_${index} p ON p.quarter_ms = ${floorTo("f.time_ms", QUARTER_MS)}`,
            ),
          ]
        : []),
      ...(stored.length === 0 ? [] : run(tableSql(`touched_${index}`, touchedDaysSql(source)))),
      {
        kind: "files",
        name: `metric_${index}`,
        sql: byDay(groupsSql(source), "pane", groupOrder(metric)),
        folder: belowOut(rowsFolder(metric.hash)) + options.rowsOf,
        byDay: true,
      },
    ],
  };
};

/** Rows, verdicts, duplicates by either rule, and what each segment counts. */
const planCounting = (options: PlanOptions): readonly SparkStatement[] => {
  const { folder, generation, history, horizonTicks, identities, rebuild } = options;
  const ofRun = rebuild ? null : generation;
  const file = (name: string, sql: string): SparkStatement => ({
    kind: "files",
    name,
    sql,
    folder: `${folder}/${name}`,
    byDay: false,
  });
  const known = !history && identities.length > 0;
  return [
    ...run(sparkLandedRowsSql(options)),
    ...run(REPEATED_SQL),
    ...run(liveDuplicatesSql(horizonTicks)),
    ...run(SEGMENT_COUNTS_SQL),
    file("batch_count", "SELECT * FROM batch_count"),
    file("live_duplicate", "SELECT * FROM live_duplicate"),
    ...run(IN_CUT_SQL),
    ...run(countedViewSql(history ? null : generation)),
    ...run(known ? knownIdentitiesSql(SPARK, "stored_identities") : nothingKnownSql(SPARK)),
    ...run(copiesSql(SPARK)),
    ...run(STANDING_VIEW_SQL),
    { kind: "rows", name: "totals", sql: totalsSql(ofRun) },
    { kind: "rows", name: "reach", sql: SPARK_REACH_SQL },
    file("positions", positionRowsSql(generation)),
    file("identities", `${identityRowsSql(SPARK, ofRun)} SORT BY hour`),
  ];
};

/** All that Spark does of a run, through a cut that is given. */
export const planSpark = (options: PlanOptions): SparkPlan => {
  const metrics = planned(options);
  const coupons = planCoupons(metrics);
  const tables = new Map(metrics.map(({ facts, beyond }) => [facts.table, { facts, beyond }]));
  const counted = metrics.map((one) => planMetric(options, one, coupons.tableOf));
  const trends = metrics.flatMap((one) => (one.kept.definition.trend ? [planTrend(options, one)] : []));
  const parts = [...counted, ...trends];
  const newest = options.rebuild ? null : (options.parent?.newestTimeMs ?? null);
  const entered = options.rebuild ? "" : ` AND entered = ${options.generation}`;
  const latest = newest === null ? "max(time_ms)" : `greatest(max(time_ms), ${newest})`;
  const through = options.batchThroughMs === null ? "" : `, ${options.batchThroughMs}`;
  const trendEnd = `coalesce(${latest}, 0)`;
  return {
    metrics,
    inputs: [
      ...(options.identities.length > 0
        ? [{ name: "stored_identities", below: "out" as const, files: options.identities.map(belowOut) }]
        : []),
      ...parts.flatMap(({ inputs }) => inputs),
    ],
    statements: [
      ...planCounting(options),
      ...planEntering(options),
      ...[...tables.values()].flatMap(({ facts, beyond }) => {
        const versions = bodyVersions(options.schedule, facts.event.name);
        return [...run(factsSql(facts, versions)), ...run(factsSql(beyond, versions, BEYOND))];
      }),
      ...run(
        tableSql(
          "trend_end",
          `SELECT CAST(${through === "" ? trendEnd : `least(${trendEnd}${through})`} AS BIGINT) AS ms FROM counted_row WHERE identity IS NOT NULL${entered}`,
        ),
      ),
      ...coupons.statements,
      ...parts.flatMap(({ statements }) => statements),
      ...planDrift(options, metrics, coupons.tableOf),
    ],
  };
};
