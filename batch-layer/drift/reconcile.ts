import { DRIFT_CAUSES, type GenerationManifest, type Reconciliation, type Schedule } from "@freshet/model";
import { appendRun, type FileTarget } from "../generation/files.js";
import type { Coupons } from "../run/coupons.js";
import { insertPanes } from "../run/localTime.js";
import type { EventFacts } from "../run/metrics.js";
import type { KeptMetric } from "../run/metricsToKeep.js";
import { comparedFactsSql, DRIFT_TABLE_SQL, driftRowsSql } from "../sql/drift.js";
import type { FactTable } from "../sql/facts.js";
import { type MetricSource, needsPaneTable } from "../sql/metric.js";
import { type DriftRow, driftRows } from "./driftRows.js";
import type { Prepared } from "./prepare.js";
import { readAmounts, readSettledSide } from "./settledSide.js";

/** What could not be read is named by so many of the newest runs. */
const UNREAD_MAX = 100;

export interface ReconcileRun {
  readonly schedule: Schedule;
  readonly prepared: Prepared;
  readonly facts: readonly EventFacts[];
  /** The same events' facts of the rows in `beyond`. */
  readonly beyond: readonly EventFacts[];
  readonly coupons: Coupons;
  readonly generation: number;
  readonly parent: GenerationManifest | null;
  /** Through where the parent had settled; null: nowhere. */
  readonly settledBeforeMs: number | null;
}

const TABLE = "drift";

const insertDrift = async ({ db }: FileTarget, hash: string, rows: readonly DriftRow[]): Promise<void> => {
  if (rows.length === 0) return;
  const column = <T>(value: (row: DriftRow) => T): T[] => rows.map(value);
  await db.insertColumns(TABLE, {
    definition: column(() => hash),
    pane: column(({ pane }) => pane),
    measure: column(({ measure }) => measure),
    live: column(({ live }) => live),
    settled: column(({ settled }) => settled),
    compared: column(({ compared }) => compared),
    differing: column(({ differing }) => differing),
    late: column(({ late }) => late),
    unknown: column(({ unknown }) => unknown),
    share: column(({ share }) => share),
    ...Object.fromEntries(DRIFT_CAUSES.map((cause) => [cause, column(({ causes }) => causes[cause] ?? "0")])),
  });
};

const prepareCoupons = async (
  coupons: Coupons,
  { definition }: KeptMetric,
  facts: FactTable,
): Promise<void> => {
  for (const { spec, of } of definition.measures) {
    if (spec.kind === "countDistinct" && of) await coupons.prepare(facts.table, facts.column(of));
  }
};

/** Compares one metric. @param index names its temporary tables */
const reconcileMetric = async (
  target: FileTarget,
  run: ReconcileRun,
  kept: KeptMetric,
  tables: { readonly facts: FactTable; readonly beyond: FactTable; readonly index: number },
): Promise<readonly DriftRow[]> => {
  const { db } = target;
  const metric = kept.definition;
  const live = run.prepared.live.get(metric.hash);
  if (!live) return [];
  const revisions = run.schedule.revisions.flatMap(({ revision, app }) =>
    app.metrics.some(({ hash }) => hash === metric.hash) ? [revision] : [],
  );
  const { facts, beyond, index } = tables;
  const [entering, compared, copies] = [`entering_${index}`, `compared_${index}`, `copies_${index}`];
  await db.run(
    `${comparedFactsSql(entering, facts.table, { generation: run.generation, revisions })};
CREATE TEMP VIEW ${compared} AS SELECT * FROM ${entering} WHERE class = 'compared';
${comparedFactsSql(copies, beyond.table, { generation: run.generation, revisions })}`,
  );
  await prepareCoupons(run.coupons, kept, facts);
  await prepareCoupons(run.coupons, kept, beyond);
  const panes = `drift_pane_${index}`;
  if (needsPaneTable(metric)) {
    const times = `(SELECT time_ms FROM ${entering} UNION ALL SELECT time_ms FROM ${copies})`;
    await insertPanes(db, panes, times, metric);
  }
  const sourceOf = (of: FactTable, table: string): MetricSource => ({
    metric,
    facts: { ...of, table },
    generation: null,
    parentFiles: [],
    coupons: (column) => run.coupons.tableOf(of.table, column),
    panes,
  });
  const rows = driftRows({
    metric,
    live,
    settled: await readSettledSide(db, sourceOf(facts, compared), sourceOf(beyond, copies), live),
    standing: await readAmounts(db, sourceOf(facts, entering), "class"),
    beyond: await readAmounts(db, sourceOf(beyond, copies), "cause"),
    settledBeforeMs: run.settledBeforeMs ?? Number.NEGATIVE_INFINITY,
  });
  await db.run(`DROP VIEW ${compared}; DROP VIEW ${entering}; DROP VIEW ${copies}`);
  return rows;
};

/** Compares what live had added with what stands, for every metric, and writes what it finds beside what earlier runs found. */
export const reconcile = async (
  target: FileTarget,
  run: ReconcileRun,
): Promise<Omit<Reconciliation, "hours">> => {
  const before = run.parent?.reconciliation;
  await target.db.run(DRIFT_TABLE_SQL);
  let index = 0;
  for (const [place, { facts, metrics }] of run.facts.entries()) {
    const { facts: beyond } = run.beyond[place] as EventFacts;
    for (const kept of metrics) {
      const rows = await reconcileMetric(target, run, kept, { facts, beyond, index: index++ });
      await insertDrift(target, kept.definition.hash, rows);
    }
    await target.db.run(`DROP TABLE ${beyond.table}`);
  }
  const { unread } = run.prepared;
  return {
    version: 1,
    since: before?.since ?? run.generation,
    drift: await appendRun(target, {
      files: before?.drift ?? [],
      newRows: driftRowsSql(run.generation),
      orderBy: "definition, pane, measure NULLS FIRST, generation",
      path: `generations/drift/${run.generation}.parquet`,
    }),
    unread: [...(before?.unread ?? []), ...(unread ? [unread] : [])].slice(-UNREAD_MAX),
  };
};
