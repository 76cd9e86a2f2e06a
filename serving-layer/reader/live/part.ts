import {
  type EpochMs,
  type Increment,
  type MetricIncrement,
  OTHER_KEY,
  type ShardId,
  type TimeRange,
} from "@freshet/model";
import type { KeyTable } from "./keyTable.js";

/** A segment's increment as it was read: equal names and increments are the same part. */
export interface Part {
  /** Of the segment. */
  readonly name: string;
  readonly shard: ShardId;
  readonly increment: Increment;
}

export const inRange = (paneMs: number, { fromMs, toExclusiveMs }: TimeRange): boolean =>
  paneMs >= fromMs && paneMs < toExclusiveMs;

/** One metric's groups of an increment, by key. */
export interface PartGroups {
  /** Numbers of the keys, each once. */
  ids(): Iterable<number>;
  has(id: number): boolean;
  /** Every group of the key, by pane. */
  each(id: number, take: (paneMs: EpochMs, states: readonly unknown[]) => void): void;
  /** Panes with groups of their own name, and panes with groups past the most that are named. */
  readonly panes: ReadonlySet<EpochMs>;
  readonly otherPanes: ReadonlySet<EpochMs>;
}

const NO_MORE = -1;

const groupsByKey = ({ groups }: MetricIncrement, keys: KeyTable): PartGroups => {
  const first = new Map<number, number>();
  const next = new Int32Array(groups.length).fill(NO_MORE);
  const panes = new Set<EpochMs>();
  const otherPanes = new Set<EpochMs>();
  for (let at = groups.length - 1; at >= 0; at--) {
    const { key, paneMs } = groups[at] as MetricIncrement["groups"][number];
    if (key === OTHER_KEY) {
      otherPanes.add(paneMs);
      continue;
    }
    panes.add(paneMs);
    const id = keys.idOf(key);
    next[at] = first.get(id) ?? NO_MORE;
    first.set(id, at);
  }
  return {
    panes,
    otherPanes,
    ids: () => first.keys(),
    has: (id) => first.has(id),
    each(id, take) {
      for (let at = first.get(id) ?? NO_MORE; at !== NO_MORE; at = next[at] as number) {
        const { paneMs, states } = groups[at] as MetricIncrement["groups"][number];
        take(paneMs, states);
      }
    },
  };
};

/** The groups of a metric in an increment, by key: reckoned once for each. Null: it holds none. */
export type GroupsOf = (increment: Increment) => PartGroups | null;

export const createGroupsOf = (definition: string, keys: KeyTable): GroupsOf => {
  const known = new WeakMap<Increment, PartGroups>();
  return (increment) => {
    let groups = known.get(increment);
    if (!groups) {
      const metric = increment.metrics.find((each) => each.definition === definition);
      if (!metric) return null;
      groups = groupsByKey(metric, keys);
      known.set(increment, groups);
    }
    return groups;
  };
};
