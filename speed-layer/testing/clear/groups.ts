import {
  type EpochMs,
  type Group,
  type GroupKey,
  type Measure,
  type MeasureInput,
  type MetricIncrement,
  OTHER_KEY,
  zeroStates,
} from "@freshet/model";
import type { MetricColumns } from "./columns.js";

/** The groups of one metric within one segment. */
export interface Groups {
  /** Adds the event at `index`, in log order: order decides who is left out past `groupsMax`. */
  add(columns: MetricColumns, index: number): void;
  /** Groups sorted by pane, then key bytes: a function of what was added alone. */
  increment(): MetricIncrement;
}

type Pane = Map<GroupKey, unknown[]>;

const byKey = ([a]: readonly [GroupKey, unknown], [b]: readonly [GroupKey, unknown]): number =>
  a < b ? -1 : a > b ? 1 : 0;

export const createGroups = ({ definition, measures, groupsMax }: MetricColumns): Groups => {
  const panes = new Map<number, Pane>();
  let paneMs = Number.NaN;
  let pane: Pane = new Map();
  let count = 0;
  let overflow = false;

  const statesOf = (key: GroupKey): unknown[] => {
    const standing = pane.get(key);
    if (standing) return standing;
    if (count >= groupsMax) {
      overflow = true;
      const other = pane.get(OTHER_KEY) ?? zeroStates(measures);
      pane.set(OTHER_KEY, other);
      return other;
    }
    count++;
    const states = zeroStates(measures);
    pane.set(key, states);
    return states;
  };

  return {
    add(columns, index) {
      const at = columns.paneMs[index] as number;
      if (at !== paneMs) {
        paneMs = at;
        pane = panes.get(at) ?? new Map();
        panes.set(at, pane);
      }
      const states = statesOf(columns.keys[index] as GroupKey);
      const inputs = columns.inputs[index] as readonly (MeasureInput | undefined)[];
      for (let measure = 0; measure < measures.length; measure++) {
        const input = inputs[measure];
        if (input !== undefined) states[measure] = (measures[measure] as Measure).add(states[measure], input);
      }
    },
    increment() {
      const groups: Group[] = [];
      for (const [at, keys] of [...panes].sort(([a], [b]) => a - b)) {
        for (const [key, states] of [...keys].sort(byKey))
          groups.push({ paneMs: at as EpochMs, key, states });
      }
      return { definition, overflow, groups };
    },
  };
};
