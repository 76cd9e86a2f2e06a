import {
  type EpochMs,
  type GroupStates,
  type Measure,
  mergeStates,
  type TimeRange,
  zeroStates,
} from "@freshet/model";
import type { LiveMetric } from "../live/livePanes.js";
import { inRange } from "../live/part.js";
import type { SettledRows } from "../settled/settledRows.js";

/** Most keys are never asked for; who is asked for once is so again. Up to twice as many are kept. */
const KEPT_MAX = 8_000;

/** What of a key is settled and what was taken, within a range; null for nothing. The states are the caller's own. */
export type Reckon = (id: number, range: TimeRange, rows: SettledRows) => GroupStates | null;

export const createReckon =
  (live: LiveMetric, measures: readonly Measure[]): Reckon =>
  (id, range, rows) => {
    let states: GroupStates | null = null;
    const add = (_paneMs: EpochMs, from: readonly unknown[]): void => {
      states = mergeStates(measures, states ?? zeroStates(measures), from);
    };
    rows.eachOf(live.keys.keyOf(id), range, add);
    live.eachIn(id, range, add);
    return states;
  };

/** A window's states by key's number: those that were asked for are kept up, the others reckoned when they are asked for. */
export interface KeyStates {
  /** Not to be changed. Null: there is nothing of the key. */
  of(id: number): GroupStates | null;
  /** The same for who asks for all keys, which cannot all be kept. */
  once(id: number): GroupStates | null;
  has(id: number): boolean;
  /** How many are held. */
  readonly groups: number;
  /** A group was taken. */
  take(id: number, paneMs: EpochMs, states: readonly unknown[]): void;
  /** @param moved keys whose states are others there, which become its own */
  slideTo(
    range: TimeRange,
    rows: SettledRows,
    moved: ReadonlyMap<number, { readonly states: GroupStates | null }>,
  ): void;
}

export const createKeyStates = (
  live: LiveMetric,
  measures: readonly Measure[],
  asked: TimeRange,
  settled: SettledRows,
): KeyStates => {
  const reckon = createReckon(live, measures);
  /** Those that were asked for since `older` were all there were. */
  let newer = new Map<number, GroupStates>();
  let older = new Map<number, GroupStates>();
  let range = asked;
  let rows = settled;
  const keptOf = (id: number): GroupStates | undefined => newer.get(id) ?? older.get(id);
  return {
    of(id) {
      const known = newer.get(id);
      if (known) return known;
      const states = older.get(id) ?? reckon(id, range, rows);
      if (states === null) return null;
      if (newer.size >= KEPT_MAX) {
        older = newer;
        newer = new Map();
      }
      newer.set(id, states);
      return states;
    },
    once: (id) => keptOf(id) ?? reckon(id, range, rows),
    has: (id) => keptOf(id) !== undefined || live.hasIn(id, range) || rows.has(live.keys.keyOf(id), range),
    get groups() {
      return newer.size + older.size + rows.groups;
    },
    take(id, paneMs, states) {
      if (!inRange(paneMs, range)) return;
      const known = keptOf(id);
      // In place: it may be in both.
      if (known) mergeStates(measures, known, states);
    },
    slideTo(next, nextRows, moved) {
      range = next;
      rows = nextRows;
      for (const kept of [newer, older]) {
        for (const id of kept.keys()) {
          const replacement = moved.get(id);
          if (replacement === undefined) continue;
          if (replacement.states === null) kept.delete(id);
          else kept.set(id, replacement.states);
        }
      }
    },
  };
};
