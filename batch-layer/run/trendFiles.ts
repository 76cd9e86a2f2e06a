import type { DayFile, EpochMs, MetricDefinition, TrendFiles } from "@freshet/model";
import { TREND_WIDTHS_MS } from "@freshet/model";
import {
  dayNumber,
  type FileTarget,
  localFiles,
  withDays,
  writeDays,
  writeParquet,
} from "../generation/files.js";
import type { FactTable } from "../sql/facts.js";
import { parquet } from "../sql/text.js";
import { baselineSql, membersSql, type TrendSource, windowDaysSql, windowsSql } from "../sql/trend.js";
import { insertSlots } from "./localTime.js";

const DAY_MS = 86_400_000;
const LONGEST_MS = Math.max(...TREND_WIDTHS_MS);

export interface TrendRun {
  readonly metric: MetricDefinition;
  readonly facts: FactTable;
  readonly index: number;
  readonly generation: number;
  /** The parent's; null where all of history is counted. */
  readonly parent: TrendFiles | null;
  /** Windows that end at or before this are complete. */
  readonly toExclusiveMs: EpochMs;
}

const pathsOf = (files: readonly DayFile[], days: (day: number) => boolean): string[] =>
  files.filter((file) => days(dayNumber(file.day))).map(({ path }) => path);

/** Counts the windows that changed, and moves the baseline by them. Null: the metric has no event yet. */
export const writeTrend = async (target: FileTarget, run: TrendRun): Promise<TrendFiles | null> => {
  const { metric, facts, index, generation, parent, toExclusiveMs } = run;
  const { db, lake } = target;
  const on = metric.measures.find((measure) => measure.name === metric.trend?.on);
  if (!on) throw new Error(`metric ${metric.name} has no measure ${metric.trend?.on ?? ""} for its trend`);
  const path = (part: string): string => `generations/trend/${metric.hash}/${part}${generation}.parquet`;
  const bare: TrendSource = {
    metric,
    on,
    facts,
    generation: parent === null ? null : generation,
    parentMembers: [],
    parentWindows: [],
  };
  const days = new Set((await db.rows<{ day: number }>(windowDaysSql(bare))).map(({ day }) => day));
  const touched = (day: number): boolean => days.has(day);
  const parentWindows = parent?.windows ?? [];
  const source: TrendSource = {
    ...bare,
    parentMembers: await localFiles(lake, pathsOf(parent?.members ?? [], touched)),
    parentWindows: await localFiles(lake, pathsOf(parentWindows, touched)),
  };
  let members = parent?.members ?? [];
  let windows = parentWindows;
  let fromMs = parent?.fromMs ?? null;
  const windowTable = days.size > 0 ? `window_${index}` : null;
  if (windowTable !== null) {
    const memberTable = on.spec.kind === "countDistinct" ? `member_${index}` : null;
    if (memberTable !== null) {
      await db.run(membersSql(memberTable, source));
      members = withDays(
        members,
        await writeDays(target, memberTable, "start", (day) => path(`members/${day}/`)),
      );
    }
    await db.run(windowsSql(windowTable, source, memberTable));
    windows = withDays(
      windows,
      await writeDays(target, windowTable, "start", (day) => path(`windows/${day}/`)),
    );
    const [{ first } = { first: null }] = await db.rows<{ first: number | null }>(
      `SELECT min(start) AS first FROM ${windowTable} WHERE width_ms = ${LONGEST_MS}`,
    );
    fromMs = (first === null || (fromMs !== null && fromMs < first) ? fromMs : first) as EpochMs | null;
    if (memberTable !== null) await db.run(`DROP TABLE ${memberTable}`);
  }
  if (fromMs === null) return null;
  const parentTo = parent?.toExclusiveMs ?? fromMs;
  const [least, greatest] = [
    Math.min(parentTo, toExclusiveMs) - LONGEST_MS,
    Math.max(parentTo, toExclusiveMs),
  ];
  const completed = (day: number): boolean =>
    parentTo !== toExclusiveMs && (day + 1) * DAY_MS > least && day * DAY_MS < greatest;
  const untouched = await localFiles(
    lake,
    pathsOf(parentWindows, (day) => completed(day) && !touched(day)),
  );
  const slots = metric.timeZone === "UTC" ? null : `slot_${index}`;
  if (slots !== null) {
    const files = [...source.parentWindows, ...untouched];
    const starts = [
      ...(files.length > 0 ? [`SELECT start FROM ${parquet(files)}`] : []),
      ...(windowTable === null ? [] : [`SELECT start FROM ${windowTable}`]),
    ];
    if (starts.length > 0) await insertSlots(db, slots, starts.join(" UNION "), metric.timeZone);
    else await insertSlots(db, slots, "SELECT 0 AS start LIMIT 0", metric.timeZone);
  }
  const baselineTable = `baseline_${index}`;
  await db.run(
    baselineSql(baselineTable, {
      metric,
      parentBaseline: parent === null ? null : await lake.local(parent.baseline),
      parentWindows: [...source.parentWindows, ...untouched],
      untouchedWindows: untouched,
      windows: windowTable,
      parentToExclusiveMs: parentTo,
      toExclusiveMs,
      slots,
    }),
  );
  const baseline = path("baseline/");
  await writeParquet(target, `SELECT * FROM ${baselineTable}`, baseline);
  await db.run(`DROP TABLE ${baselineTable}${windowTable === null ? "" : `; DROP TABLE ${windowTable}`}`);
  return { on: on.name, fromMs, toExclusiveMs, baseline, windows, members };
};
