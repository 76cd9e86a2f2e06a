import {
  type GroupKey,
  type GroupStates,
  type Measure,
  mergeStates,
  type TimeRange,
  zeroStates,
} from "@freshet/model";
import type { DayIndex, TakeStates } from "./dayIndex.js";

/** What is settled of keys within a range. */
export interface SettledRows {
  /** Hands on a key's rows; the states are the taker's own. */
  eachOf(key: GroupKey, range: TimeRange, take: TakeStates): void;
  has(key: GroupKey, range: TimeRange): boolean;
  /** How many states it holds itself. */
  readonly groups: number;
}

export const rowsOfDays = (days: readonly DayIndex[]): SettledRows => ({
  eachOf(key, range, take) {
    for (const day of days) day.rowsOf(key, range, take);
  },
  has: (key, range) => days.some((day) => day.has(key, range)),
  groups: 0,
});

/** Of one range alone, by key, all panes as one. */
export interface SettledOnce extends SettledRows {
  add(key: GroupKey, states: readonly unknown[]): void;
}

export const createSettledOnce = (measures: readonly Measure[], { fromMs }: TimeRange): SettledOnce => {
  const groups = new Map<GroupKey, GroupStates>();
  const copyOf = (states: readonly unknown[]): GroupStates =>
    mergeStates(measures, zeroStates(measures), states);
  return {
    add(key, states) {
      const known = groups.get(key);
      if (known) mergeStates(measures, known, states);
      else groups.set(key, copyOf(states));
    },
    eachOf(key, _range, take) {
      const states = groups.get(key);
      if (states) take(fromMs, copyOf(states));
    },
    has: (key) => groups.has(key),
    get groups() {
      return groups.size;
    },
  };
};
