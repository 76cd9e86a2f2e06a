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

/** Most keys are never asked for; who is asked for once is so again. */
const KEPT_MAX = 10_000;

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
  const kept = new Map<number, GroupStates>();
  let range = asked;
  let rows = settled;
  return {
    of(id) {
      const known = kept.get(id);
      if (known) return known;
      const states = reckon(id, range, rows);
      if (states === null) return null;
      if (kept.size >= KEPT_MAX) kept.delete(kept.keys().next().value as number);
      kept.set(id, states);
      return states;
    },
    once: (id) => kept.get(id) ?? reckon(id, range, rows),
    has: (id) => kept.has(id) || live.hasIn(id, range) || rows.has(live.keys.keyOf(id), range),
    get groups() {
      return kept.size + rows.groups;
    },
    take(id, paneMs, states) {
      const known = kept.get(id);
      if (known && inRange(paneMs, range)) kept.set(id, mergeStates(measures, known, states));
    },
    slideTo(next, nextRows, moved) {
      range = next;
      rows = nextRows;
      for (const id of kept.keys()) {
        const replacement = moved.get(id);
        if (replacement === undefined) continue;
        if (replacement.states === null) kept.delete(id);
        else kept.set(id, replacement.states);
      }
    },
  };
};
