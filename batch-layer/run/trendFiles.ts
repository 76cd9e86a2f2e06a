import {
  type DayFile,
  type EpochMs,
  type MeasureDefinition,
  type MetricDefinition,
  TREND_WIDTHS_MS,
  type TrendFiles,
} from "@freshet/model";
import {
  dayNumber,
  type FileTarget,
  localFiles,
  withDays,
  writeDays,
  writeParquet,
} from "../generation/files.js";
import type { FactTable } from "../sql/facts.js";
import { integer, parquet, storedRows } from "../sql/text.js";
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

/** What the touched days amount to now. */
interface CountedWindows {
  /** The table of the touched days' windows; null where none was touched. */
  readonly table: string | null;
  readonly windows: readonly DayFile[];
  readonly members: readonly DayFile[];
  /** The first window that any event is in; null before any. */
  readonly fromMs: EpochMs | null;
}

const measureOf = ({ name, measures, trend }: MetricDefinition): MeasureDefinition => {
  const on = measures.find((measure) => measure.name === trend?.on);
  if (!on) throw new Error(`metric ${name} has no measure ${trend?.on ?? ""} for its trend`);
  return on;
};

const pathsOf = (files: readonly DayFile[], wanted: (day: number) => boolean): string[] =>
  files.filter((file) => wanted(dayNumber(file.day))).map(({ path }) => path);

const pathIn = ({ metric, generation }: TrendRun, part: string): string =>
  `generations/trend/${metric.hash}/${part}/${generation}.parquet`;

const earlier = (a: number | null, b: number | null): EpochMs | null =>
  (a === null ? b : b === null ? a : Math.min(a, b)) as EpochMs | null;

/** Counts every window of the days that this generation's events touch, and writes these days. */
const countWindows = async (
  target: FileTarget,
  run: TrendRun,
  source: TrendSource,
): Promise<CountedWindows> => {
  const { db } = target;
  const before = run.parent ?? { windows: [], members: [], fromMs: null };
  const table = `window_${run.index}`;
  const memberTable = source.on.spec.kind === "countDistinct" ? `member_${run.index}` : null;
  let { members } = before;
  if (memberTable !== null) {
    await db.run(membersSql(memberTable, source));
    members = withDays(
      members,
      await writeDays(target, memberTable, "start", (day) => pathIn(run, `members/${day}`)),
    );
  }
  await db.run(windowsSql(table, source, memberTable));
  if (memberTable !== null) await db.run(`DROP TABLE ${memberTable}`);
  const written = await writeDays(target, table, "start", (day) => pathIn(run, `windows/${day}`));
  const [{ first } = { first: null }] = await db.rows<{ first: number | null }>(
    `SELECT min(start) AS first FROM ${table} WHERE width_ms = ${LONGEST_MS}`,
  );
  return {
    table,
    windows: withDays(before.windows, written),
    members,
    fromMs: earlier(before.fromMs, first),
  };
};

/** The days in which windows became complete or incomplete since the parent. */
const completedSince = (parentToMs: number, toMs: number): ((day: number) => boolean) => {
  const from = Math.min(parentToMs, toMs) - LONGEST_MS;
  const to = Math.max(parentToMs, toMs);
  return (day) => parentToMs !== toMs && (day + 1) * DAY_MS > from && day * DAY_MS < to;
};

/** The hours of week of the windows whose share moves; null: UTC, which SQL computes. */
const slotTable = async (
  { db }: FileTarget,
  { metric, index }: TrendRun,
  files: readonly string[],
  table: string | null,
): Promise<string | null> => {
  if (metric.timeZone === "UTC") return null;
  const starts = [
    ...(files.length > 0 ? [`SELECT start FROM ${parquet(files)}`] : []),
    ...(table === null ? [] : [`SELECT start FROM ${table}`]),
  ];
  const slots = `slot_${index}`;
  await insertSlots(
    db,
    slots,
    starts.length > 0 ? starts.join(" UNION ") : "SELECT 0 AS start LIMIT 0",
    metric.timeZone,
  );
  return slots;
};

/** Counts the windows that changed, and moves the baseline by them. Null: the metric has no event yet. */
export const writeTrend = async (target: FileTarget, run: TrendRun): Promise<TrendFiles | null> => {
  const { metric, facts, index, generation, parent, toExclusiveMs } = run;
  const { db, lake } = target;
  const on = measureOf(metric);
  const events: TrendSource = {
    metric,
    on,
    facts,
    generation: parent === null ? null : generation,
    parentMembers: null,
    parentWindows: null,
  };
  const days = new Set((await db.rows<{ day: number }>(windowDaysSql(events))).map(({ day }) => day));
  const touched = (day: number): boolean => days.has(day);
  const parentWindows = await localFiles(lake, pathsOf(parent?.windows ?? [], touched));
  const parentMembers = await localFiles(lake, pathsOf(parent?.members ?? [], touched));
  const counted: CountedWindows =
    days.size > 0
      ? await countWindows(target, run, {
          ...events,
          parentMembers: storedRows(parentMembers),
          parentWindows: storedRows(parentWindows),
        })
      : { table: null, windows: [], members: [], fromMs: null, ...parent };
  const { fromMs, table } = counted;
  if (fromMs === null) return null;
  const parentToMs = parent?.toExclusiveMs ?? fromMs;
  const completed = completedSince(parentToMs, toExclusiveMs);
  const untouched = await localFiles(
    lake,
    pathsOf(parent?.windows ?? [], (day) => completed(day) && !touched(day)),
  );
  const moving = [...parentWindows, ...untouched];
  const baselineTable = `baseline_${index}`;
  const source = {
    metric,
    dialect: facts.dialect,
    parentBaseline: parent === null ? null : storedRows([await lake.local(parent.baseline)]),
    parentWindows: storedRows(moving),
    untouchedWindows: storedRows(untouched),
    windows: table,
    parentToExclusiveMs: integer(parentToMs),
    toExclusiveMs: integer(toExclusiveMs),
    slots: await slotTable(target, run, moving, table),
  };
  await db.run(baselineSql(baselineTable, source));
  const baseline = pathIn(run, "baseline");
  await writeParquet(target, `SELECT * FROM ${baselineTable}`, baseline);
  await db.run(`DROP TABLE ${baselineTable}${table === null ? "" : `; DROP TABLE ${table}`}`);
  return { on: on.name, fromMs, toExclusiveMs, baseline, windows: counted.windows, members: counted.members };
};
