import type { GenerationManifest, MetricDefinition, Schedule } from "@freshet/model";
import type { DuckDb } from "@freshet/storage";
import type { Coupons } from "../run/coupons.js";
import { insertPanes } from "../run/localTime.js";
import type { EventFacts } from "../run/metrics.js";
import { comparedSql, enteringSql } from "../sql/drift.js";
import type { FactTable } from "../sql/facts.js";
import { type MetricSource, needsPaneTable } from "../sql/metric.js";
import { readLevel, readSample } from "./sample.js";
import { amountsOf, readSettledSide, type SettledSource } from "./settledSide.js";

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

/** The app revisions that fold a metric. */
export const revisionsOf = (schedule: Schedule, { hash }: MetricDefinition): readonly number[] =>
  schedule.revisions.flatMap(({ revision, app }) =>
    app.metrics.some((metric) => metric.hash === hash) ? [revision] : [],
  );

/** Makes the views over which a metric is compared. @param index names them */
const metricSource = async (
  db: DuckDb,
  run: SourcesRun,
  metric: MetricDefinition,
  tables: {
    readonly facts: EventFacts["facts"];
    readonly beyond: EventFacts["facts"];
    readonly index: number;
  },
): Promise<SettledSource> => {
  const { schedule, generation, coupons } = run;
  const { facts, beyond, index } = tables;
  const revisions = revisionsOf(schedule, metric);
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
  const beyondWhole = await sampled(beyond, beyondEntering, `beyond_whole_${index}`, 0);
  return {
    metric,
    sample: await readSample(db, level, [sampledStanding, sampledBeyond]),
    settled: (live) => readSettledSide(db, sampledStanding, sampledBeyond, live),
    standing: () => amountsOf(db, standing, "class"),
    beyond: () => amountsOf(db, beyondWhole, "cause"),
  };
};

/** Of every metric of the tables of facts. @param beyond the same events' facts of the rows in `beyond` */
export const metricSources = async (
  db: DuckDb,
  run: SourcesRun,
  all: { readonly facts: readonly EventFacts[]; readonly beyond: readonly EventFacts[] },
): Promise<readonly SettledSource[]> => {
  const sources: SettledSource[] = [];
  for (const [place, { facts, metrics }] of all.facts.entries()) {
    const { facts: beyond } = all.beyond[place] as EventFacts;
    for (const { definition } of metrics)
      sources.push(await metricSource(db, run, definition, { facts, beyond, index: sources.length }));
  }
  return sources;
};
