import {
  countWindows,
  type DurationMs,
  decodeParts,
  type EpochMs,
  encodeKey,
  type GroupKey,
  type GroupMember,
  type GroupPrior,
  groupPrior,
  type KeyPart,
  type TrendFiles,
  TREND_WIDTHS_MS,
  UNKNOWN_PRIOR,
  type WindowCounts,
} from "@freshet/model";
import type { ColumnChunk, Lake } from "@freshet/storage";
import type { Metric } from "../catalog.js";
import type { StartTurns, Turns } from "../turns.js";
import type { WithConnection } from "../settled/queryTurns.js";
import { baselineSql } from "./baselineSql.js";

/** What is known of one key, from its history's first window on. */
export interface KeyHistory extends GroupMember {
  readonly fromMs: EpochMs;
}

/** What batch knows to be normal, of one metric and width. */
export interface WidthBaseline {
  readonly members: ReadonlyMap<GroupKey, KeyHistory>;
  /** Of a key's group, or of all keys. */
  priorOf(key: GroupKey): GroupPrior;
}

export type Baseline = ReadonlyMap<DurationMs, WidthBaseline>;

export type ReadBaseline = (metric: Metric, files: TrendFiles) => Promise<Baseline>;

/** Width, slots, sums, sums of squares, first window. */
const HISTORY_COLUMNS = 5;

/** A history begins with a key's first window, or where the baseline does. */
const createCounts = (files: TrendFiles, timeZone: string) => {
  const known = new Map<string, WindowCounts>();
  return (widthMs: DurationMs, fromMs: EpochMs): WindowCounts => {
    const name = `${widthMs} ${fromMs}`;
    const counts = known.get(name) ?? countWindows(fromMs, files.toExclusiveMs, widthMs, timeZone);
    known.set(name, counts);
    return counts;
  };
};

const priorsOf = (
  metric: Metric,
  members: ReadonlyMap<GroupKey, GroupMember>,
): ((key: GroupKey) => GroupPrior) => {
  const { trend, by } = metric.definition;
  const dimension = by.findIndex(({ name }) => name === trend?.prior);
  const groupOf = (key: GroupKey): KeyPart => (dimension < 0 ? null : (decodeParts(key)[dimension] ?? null));
  const groups = new Map<KeyPart, GroupMember[]>();
  for (const [key, member] of members) {
    const group = groupOf(key);
    const standing = groups.get(group);
    if (standing) standing.push(member);
    else groups.set(group, [member]);
  }
  const priors = new Map<KeyPart, GroupPrior>();
  return (key) => {
    const group = groupOf(key);
    let prior = priors.get(group);
    if (!prior) {
      const standing = groups.get(group);
      prior = standing ? groupPrior(standing) : UNKNOWN_PRIOR;
      priors.set(group, prior);
    }
    return prior;
  };
};

export const createReadBaseline =
  (withConnection: WithConnection, lake: Lake, startTurns: StartTurns): ReadBaseline =>
  async (metric, files) => {
    const { by, timeZone } = metric.definition;
    const countsOf = createCounts(files, timeZone);
    const members = new Map<DurationMs, Map<GroupKey, KeyHistory>>(
      TREND_WIDTHS_MS.map((widthMs) => [widthMs, new Map()]),
    );
    const take = async (chunk: ColumnChunk, turns: Turns): Promise<void> => {
      const columns: unknown[][] = [];
      for (let index = 0; index < by.length + HISTORY_COLUMNS; index++) {
        columns.push(chunk.values(index));
        if (turns.due()) await turns.next();
      }
      const parts = columns.slice(0, by.length);
      const [widths, slots, s, q, first] = columns.slice(by.length);
      for (let row = 0; row < chunk.rowCount; row++) {
        const widthMs = widths?.[row] as DurationMs;
        const fromMs = Math.max((first?.[row] ?? files.fromMs) as number, files.fromMs) as EpochMs;
        members.get(widthMs)?.set(encodeKey(parts.map((part) => part[row] as KeyPart)), {
          baseline: {
            slots: slots?.[row] as number[],
            s: s?.[row] as number[],
            q: q?.[row] as number[],
          },
          counts: countsOf(widthMs, fromMs),
          fromMs,
        });
        if (turns.due()) await turns.next();
      }
    };
    const baseline = await lake.local(files.baseline);
    const windows = await Promise.all(files.windows.map(({ path }) => lake.local(path)));
    await withConnection(async (duckdb) => {
      const turns = startTurns();
      for await (const chunk of duckdb.stream(baselineSql(metric.definition, baseline, windows))) {
        await take(chunk, turns);
      }
    });
    return new Map(
      [...members].map(([widthMs, of]) => [widthMs, { members: of, priorOf: priorsOf(metric, of) }]),
    );
  };
