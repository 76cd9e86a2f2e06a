import type { GenerationManifest, MetricDefinition, Schedule } from "@freshet/model";
import type { DuckDb } from "@freshet/storage";
import type { Coupons } from "../run/coupons.js";
import { insertPanes } from "../run/localTime.js";
import type { EventFacts } from "../run/metrics.js";
import { comparedSql, enteringSql } from "../sql/drift.js";
import type { FactTable } from "../sql/facts.js";
import { type MetricSource, needsPaneTable } from "../sql/metric.js";
import { readLevel, readSample, type Sample } from "./sample.js";

/** What a metric's increments are compared with. */
export interface MetricSources {
  readonly metric: MetricDefinition;
  readonly sample: Sample;
  /** Events that stand, with the class of their segment. */
  readonly standing: MetricSource;
  /** Events of compared segments that live counted beyond them, with the cause. */
  readonly beyond: MetricSource;
  /** The same of compared segments and the sample's groups alone. */
  readonly sampledStanding: MetricSource;
  readonly sampledBeyond: MetricSource;
}

export interface SourcesRun {
  readonly schedule: Schedule;
  readonly coupons: Coupons;
  readonly generation: GenerationManifest["generation"];
  readonly comparedGroupsMax: number;
}

const prepareCoupons = async (
  coupons: Coupons,
  { measures }: MetricDefinition,
  facts: FactTable,
): Promise<void> => {
  for (const { spec, of } of measures) {
    if (spec.kind === "countDistinct" && of) await coupons.prepare(facts.table, facts.column(of));
  }
};

/** Makes the views over which a metric is compared. @param index names them */
export const metricSources = async (
  db: DuckDb,
  run: SourcesRun,
  metric: MetricDefinition,
  tables: {
    readonly facts: EventFacts["facts"];
    readonly beyond: EventFacts["facts"];
    readonly index: number;
  },
): Promise<MetricSources> => {
  const { schedule, generation, coupons } = run;
  const { facts, beyond, index } = tables;
  const revisions = schedule.revisions.flatMap(({ revision, app }) =>
    app.metrics.some(({ hash }) => hash === metric.hash) ? [revision] : [],
  );
  const [entering, beyondEntering] = [`entering_${index}`, `entering_beyond_${index}`];
  await db.run(`${enteringSql(entering, facts.table, { generation, revisions })};
${enteringSql(beyondEntering, beyond.table, { generation, revisions })}`);
  await prepareCoupons(coupons, metric, facts);
  await prepareCoupons(coupons, metric, beyond);
  const panes = `drift_pane_${index}`;
  if (needsPaneTable(metric)) {
    const times = `(SELECT time_ms FROM ${entering} UNION ALL SELECT time_ms FROM ${beyondEntering})`;
    await insertPanes(db, panes, times, metric);
  }
  const sourceOf = (of: FactTable, table: string): MetricSource => ({
    metric,
    facts: { ...of, table },
    generation: null,
    parent: null,
    coupons: (column) => coupons.tableOf(of.table, column),
    panes,
  });
  const standing = sourceOf(facts, entering);
  const level = await readLevel(db, standing, run.comparedGroupsMax);
  const sampled = async (
    of: FactTable,
    from: string,
    view: string,
    ofLevel: number,
  ): Promise<MetricSource> => {
    await db.run(comparedSql(view, from, { facts: of, metric }, ofLevel));
    return sourceOf(of, view);
  };
  const sampledStanding = await sampled(facts, entering, `compared_${index}`, level);
  const sampledBeyond = await sampled(beyond, beyondEntering, `compared_beyond_${index}`, level);
  return {
    metric,
    sample: await readSample(db, level, [sampledStanding, sampledBeyond]),
    standing,
    beyond: await sampled(beyond, beyondEntering, `beyond_whole_${index}`, 0),
    sampledStanding,
    sampledBeyond,
  };
};
