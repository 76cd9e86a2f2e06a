import type { DayFile, MetricDefinition } from "@freshet/model";
import {
  dayNumber,
  type FileTarget,
  localFiles,
  rowsFolder,
  withDays,
  writeDays,
} from "../generation/files.js";
import type { FactTable } from "../sql/facts.js";
import { type MetricSource, metricSql, needsPaneTable, touchedDaysSql } from "../sql/metric.js";
import { storedRows } from "../sql/text.js";
import type { Coupons } from "./coupons.js";
import { insertPanes } from "./localTime.js";

export interface MetricRun {
  readonly metric: MetricDefinition;
  readonly facts: FactTable;
  /** Names this metric's temporary tables. */
  readonly index: number;
  readonly generation: number;
  /** The parent generation's files; null where all of history is counted. */
  readonly parent: readonly DayFile[] | null;
}

/** Counts a metric and writes the days that changed; the other days are the parent's. */
export const writeMetric = async (
  target: FileTarget,
  run: MetricRun,
  coupons: Coupons,
): Promise<readonly DayFile[]> => {
  const { metric, facts, index, generation } = run;
  const { db, lake } = target;
  const panes = `pane_${index}`;
  if (needsPaneTable(metric)) await insertPanes(db, panes, facts.table, metric);
  for (const { spec, of } of metric.measures) {
    if (spec.kind === "countDistinct" && of) await coupons.prepare(facts.table, facts.column(of));
  }
  const source: MetricSource = {
    metric,
    facts,
    generation: run.parent === null ? null : generation,
    parent: null,
    coupons: (column) => coupons.tableOf(facts.table, column),
    panes,
  };
  const days = new Set((await db.rows<{ day: number }>(touchedDaysSql(source))).map(({ day }) => day));
  if (days.size === 0) return run.parent ?? [];
  const parent = run.parent ?? [];
  const parentFiles = await localFiles(
    lake,
    parent.filter((file) => days.has(dayNumber(file.day))).map(({ path }) => path),
  );
  const table = `metric_${index}`;
  await db.run(metricSql(table, { ...source, parent: storedRows(parentFiles) }));
  const written = await writeDays(
    target,
    table,
    "pane",
    (day) => `${rowsFolder(metric.hash)}${day}/${generation}.parquet`,
  );
  await db.run(`DROP TABLE ${table}`);
  return withDays(parent, written);
};
