import {
  type DurationMs,
  type EpochMs,
  EMPTY_BASELINE,
  encodeKey,
  type Expectation,
  expectationOf,
  type GroupKey,
  type GroupMember,
  type KeyBaseline,
  type KeyPart,
  SLOTS,
  slotOf,
  type TimeRange,
  TREND_WIDTHS_MS,
  type TrendFiles,
  UNKNOWN_PRIOR,
  type WindowCounts,
  windowCounts,
  withoutSlots,
  withoutWindow,
} from "@freshet/model";
import type { ColumnChunk, Lake } from "@freshet/storage";
import type { Metric } from "../catalog.js";
import type { WithConnection } from "../settled/queryTurns.js";
import type { StartTurns, Turns } from "../turns.js";
import { windowsSql } from "./baselineSql.js";
import type { Baseline, KeyHistory } from "./readBaseline.js";

/** What is normal for a key in a window of one of the trend's widths. */
export type ExpectationOf = (key: GroupKey, widthMs: DurationMs, window: TimeRange) => Expectation;

export interface BaselineWindow {
  readonly widthMs: DurationMs;
  readonly startMs: EpochMs;
}

/** Windows in the baseline that overlap what is asked about: a question is not compared with itself. */
export const overlappingWindows = (files: TrendFiles, asked: TimeRange): readonly BaselineWindow[] =>
  TREND_WIDTHS_MS.flatMap((widthMs) => {
    const windows: BaselineWindow[] = [];
    const first = Math.floor(asked.fromMs / widthMs) * widthMs;
    for (let startMs = first; startMs < asked.toExclusiveMs; startMs += widthMs) {
      const known = startMs >= files.fromMs && startMs + widthMs <= files.toExclusiveMs;
      if (known) windows.push({ widthMs, startMs: startMs as EpochMs });
    }
    return windows;
  });

const NO_HISTORY: WindowCounts = windowCounts(new Array<number>(SLOTS).fill(0));
const NEW_KEY: KeyHistory = {
  baseline: EMPTY_BASELINE,
  counts: NO_HISTORY,
  fromMs: Number.POSITIVE_INFINITY as EpochMs,
};
/** Nothing is known: no generation, or none with this trend. */
export const NOTHING_KNOWN: ExpectationOf = (_key, _widthMs, _window) =>
  expectationOf(EMPTY_BASELINE, NO_HISTORY, UNKNOWN_PRIOR, 0);

type TakenOut = ReadonlyMap<GroupKey, readonly (BaselineWindow & { readonly x: number })[]>;

/** Width, start, what was counted. */
const WINDOW_COLUMNS = 3;

export const readTakenOut = async (
  withConnection: WithConnection,
  lake: Lake,
  { definition }: Metric,
  files: TrendFiles,
  windows: readonly BaselineWindow[],
  startTurns: StartTurns,
): Promise<TakenOut> => {
  const taken = new Map<GroupKey, (BaselineWindow & { readonly x: number })[]>();
  const days = new Set(windows.map(({ startMs }) => new Date(startMs).toISOString().slice(0, 10)));
  const paths = files.windows.filter(({ day }) => days.has(day)).map(({ path }) => path);
  if (paths.length === 0) return taken;
  const local = await Promise.all(paths.map((path) => lake.local(path)));
  const take = async (chunk: ColumnChunk, turns: Turns): Promise<void> => {
    const columns: unknown[][] = [];
    for (let index = 0; index < definition.by.length + WINDOW_COLUMNS; index++) {
      columns.push(chunk.values(index));
      if (turns.due()) await turns.next();
    }
    const parts = columns.slice(0, definition.by.length);
    const [widths, starts, counts] = columns.slice(definition.by.length);
    for (let row = 0; row < chunk.rowCount; row++) {
      const key = encodeKey(parts.map((part) => part[row] as KeyPart));
      const window = {
        widthMs: widths?.[row] as DurationMs,
        startMs: starts?.[row] as EpochMs,
        x: counts?.[row] as number,
      };
      const standing = taken.get(key);
      if (standing) standing.push(window);
      else taken.set(key, [window]);
      if (turns.due()) await turns.next();
    }
  };
  await withConnection(async (duckdb) => {
    const turns = startTurns();
    for await (const chunk of duckdb.stream(windowsSql(definition, local, windows))) await take(chunk, turns);
  });
  return taken;
};

const less = (
  { baseline, counts }: GroupMember,
  slotsOut: readonly number[],
  out: readonly { readonly slot: number; readonly x: number }[],
): GroupMember => {
  let rest: KeyBaseline = baseline;
  for (const { slot, x } of out) rest = withoutWindow(rest, slot, x);
  return { baseline: rest, counts: slotsOut.length === 0 ? counts : withoutSlots(counts, slotsOut) };
};

/** Keys of which it is kept what is expected of them. */
const KNOWN_MAX = 50_000;

interface Known {
  readonly slot: number;
  readonly expectation: Expectation;
}

/** What is expected of a key, from its history less the windows that are taken out. */
export const createExpectations = (
  { definition }: Metric,
  baseline: Baseline,
  windowsOut: readonly BaselineWindow[],
  takenOut: TakenOut,
): ExpectationOf => {
  const { timeZone } = definition;
  const known = new Map<DurationMs, Map<GroupKey, Known>>();
  const reckon = (key: GroupKey, widthMs: DurationMs, slot: number): Expectation => {
    const of = baseline.get(widthMs);
    const member = of?.members.get(key) ?? NEW_KEY;
    const slotsOut = windowsOut
      .filter((each) => each.widthMs === widthMs && each.startMs >= member.fromMs)
      .map(({ startMs }) => slotOf(startMs, timeZone));
    const out = (takenOut.get(key) ?? [])
      .filter((each) => each.widthMs === widthMs)
      .map(({ startMs, x }) => ({ slot: slotOf(startMs, timeZone), x }));
    const { baseline: own, counts } = less(member, slotsOut, out);
    return expectationOf(own, counts, of?.priorOf(key) ?? UNKNOWN_PRIOR, slot);
  };
  return (key, widthMs, window) => {
    const slot = slotOf(window.fromMs, timeZone);
    let perKey = known.get(widthMs);
    if (!perKey || perKey.size >= KNOWN_MAX) {
      perKey = new Map();
      known.set(widthMs, perKey);
    }
    const standing = perKey.get(key);
    if (standing?.slot === slot) return standing.expectation;
    const expectation = reckon(key, widthMs, slot);
    perKey.set(key, { slot, expectation });
    return expectation;
  };
};
