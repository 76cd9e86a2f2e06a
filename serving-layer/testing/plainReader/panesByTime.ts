import type { Part } from "../../reader/live/part.js";
import {
  type EpochMs,
  type GroupKey,
  type GroupStates,
  type Measure,
  type MetricIncrement,
  mergeStates,
  OTHER_KEY,
  type ShardId,
  type TimeRange,
  zeroStates,
} from "@freshet/model";

/** Groups of one metric by pane and key, and where groups were too many to be named. */
export interface PaneGroups {
  readonly panes: Map<EpochMs, Map<GroupKey, GroupStates>>;
  /** Shards whose `other` group holds something of a pane. */
  readonly overflow: Map<EpochMs, Set<ShardId>>;
}

/** Told of every finished group as it is added, so that sums over windows need not be made again. */
export interface LiveWatcher {
  readonly definition: string;
  readonly range: TimeRange;
  add(key: GroupKey, states: readonly unknown[]): void;
}

const inRange = (paneMs: number, { fromMs, toExclusiveMs }: TimeRange): boolean =>
  paneMs >= fromMs && paneMs < toExclusiveMs;

/** The finished increments after the cut, added up. */
export interface PanesByTime {
  add(part: Part): void;
  of(definition: string): PaneGroups | null;
  watch(watcher: LiveWatcher): void;
  unwatch(watcher: LiveWatcher): void;
}

export const createPanesByTime = (
  measuresOf: (definition: string) => readonly Measure[] | null,
): PanesByTime => {
  const metrics = new Map<string, PaneGroups>();
  const watchers = new Map<string, Set<LiveWatcher>>();

  const addMetric = (shard: ShardId, metric: MetricIncrement): void => {
    const measures = measuresOf(metric.definition);
    if (!measures) return;
    let view = metrics.get(metric.definition);
    if (!view) {
      view = { panes: new Map(), overflow: new Map() };
      metrics.set(metric.definition, view);
    }
    for (const { paneMs, key, states } of metric.groups) {
      if (key === OTHER_KEY) {
        const shards = view.overflow.get(paneMs) ?? new Set();
        view.overflow.set(paneMs, shards.add(shard));
        continue;
      }
      let pane = view.panes.get(paneMs);
      if (!pane) {
        pane = new Map();
        view.panes.set(paneMs, pane);
      }
      pane.set(key, mergeStates(measures, pane.get(key) ?? zeroStates(measures), states));
      for (const watcher of watchers.get(metric.definition) ?? []) {
        if (inRange(paneMs, watcher.range)) watcher.add(key, states);
      }
    }
  };

  return {
    add({ shard, increment }) {
      for (const metric of increment.metrics) addMetric(shard, metric);
    },
    of: (definition) => metrics.get(definition) ?? null,
    watch(watcher) {
      const set = watchers.get(watcher.definition) ?? new Set();
      watchers.set(watcher.definition, set.add(watcher));
    },
    unwatch(watcher) {
      watchers.get(watcher.definition)?.delete(watcher);
    },
  };
};
