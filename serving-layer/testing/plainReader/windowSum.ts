import {
  type GroupKey,
  type GroupStates,
  type Measure,
  type Missing,
  mergeStates,
  type TimeRange,
  zeroStates,
} from "@freshet/model";
import type { Metric } from "../../reader/catalog.js";
import { inRange } from "../../reader/live/part.js";
import type { ReadSettled } from "../../reader/settled/settledView.js";
import type { PlainView } from "./plainView.js";

/** One key's states over a window; ranks are reckoned when asked for, and kept until something is added. */
export interface WindowGroup {
  states: GroupStates;
  ranks: (number | undefined)[];
}

/** Every key of a metric over one window: the generation's part and the finished increments, kept as these come in. */
export interface WindowSum {
  readonly metric: Metric;
  readonly range: TimeRange;
  readonly groups: ReadonlyMap<GroupKey, WindowGroup>;
  /** What of the generation could not be read. */
  readonly missing: readonly Missing[];
  /** Stops following. */
  release(): void;
}

export const rankOf = (measures: readonly Measure[], group: WindowGroup, index: number): number => {
  let rank = group.ranks[index];
  if (rank === undefined) {
    rank = (measures[index] as Measure).rank(group.states[index]);
    group.ranks[index] = rank;
  }
  return rank;
};

export const addTo = (
  measures: readonly Measure[],
  groups: Map<GroupKey, WindowGroup>,
  key: GroupKey,
  states: readonly unknown[],
): void => {
  const group = groups.get(key) ?? { states: zeroStates(measures), ranks: [] };
  group.states = mergeStates(measures, group.states, states);
  group.ranks = [];
  groups.set(key, group);
};

/** Reads the settled part, then adds the live part and follows it: nothing comes in between. */
export const sumWindow = async (
  view: PlainView,
  readSettled: ReadSettled,
  metric: Metric,
  range: TimeRange,
): Promise<WindowSum> => {
  const { measures, definition } = metric;
  const groups = new Map<GroupKey, WindowGroup>();
  const add = (key: GroupKey, states: readonly unknown[]): void => addTo(measures, groups, key, states);
  const missing = await readSettled(view.manifest, metric, range, null, ({ key, states }) =>
    add(key, states),
  );
  for (const [paneMs, pane] of view.panes.of(definition.hash)?.panes ?? []) {
    if (!inRange(paneMs, range)) continue;
    for (const [key, states] of pane) add(key, states);
  }
  const watcher = { definition: definition.hash, range, add };
  view.panes.watch(watcher);
  return { metric, range, groups, missing, release: () => view.panes.unwatch(watcher) };
};
