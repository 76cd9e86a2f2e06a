import {
  type EpochMs,
  type Group,
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

export const samePart = (a: Part, b: Part): boolean => a.name === b.name && a.increment === b.increment;

export const inRange = (paneMs: number, { fromMs, toExclusiveMs }: TimeRange): boolean =>
  paneMs >= fromMs && paneMs < toExclusiveMs;

/** No key: of a group past the most that are named. */
export const NO_ID = -1;

/** One metric's groups of an increment, with the numbers of their keys. */
export interface PartGroups {
  readonly groups: readonly Group[];
  readonly ids: Int32Array;
  /** Panes with groups of their own name, and panes with groups past the most that are named. */
  readonly panes: ReadonlySet<EpochMs>;
  readonly otherPanes: ReadonlySet<EpochMs>;
}

const numbered = ({ groups }: MetricIncrement, keys: KeyTable): PartGroups => {
  const ids = new Int32Array(groups.length);
  const panes = new Set<EpochMs>();
  const otherPanes = new Set<EpochMs>();
  for (const [at, { key, paneMs }] of groups.entries()) {
    const other = key === OTHER_KEY;
    ids[at] = other ? NO_ID : keys.idOf(key);
    (other ? otherPanes : panes).add(paneMs);
  }
  return { groups, ids, panes, otherPanes };
};

/** The groups of a metric in an increment: numbered once. Null: it holds none. */
export type GroupsOf = (increment: Increment) => PartGroups | null;

export const createGroupsOf = (definition: string, keys: KeyTable): GroupsOf => {
  const known = new WeakMap<Increment, PartGroups>();
  return (increment) => {
    let groups = known.get(increment);
    if (!groups) {
      const metric = increment.metrics.find((each) => each.definition === definition);
      if (!metric) return null;
      groups = numbered(metric, keys);
      known.set(increment, groups);
    }
    return groups;
  };
};
