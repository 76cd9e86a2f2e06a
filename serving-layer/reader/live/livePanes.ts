import {
  type EpochMs,
  type Group,
  type GroupStates,
  type Measure,
  mergeStates,
  type ShardId,
  type TimeRange,
  zeroStates,
} from "@freshet/model";
import { type ChangedGroups, createChangedGroups } from "./changedGroups.js";
import { createKeyTable, type KeyTable } from "./keyTable.js";
import { createOverlay, type Overlay } from "./overlay.js";
import { createGroupsOf, type GroupsOf, NO_ID, type Part } from "./part.js";

/** One pane of one metric. */
export interface LivePane {
  readonly startMs: EpochMs;
  /** Numbers of the keys that it holds. */
  readonly ids: number[];
}

/** A key's states in one pane, and what it holds of earlier ones. */
export interface LiveNode {
  readonly pane: LivePane;
  states: GroupStates;
  earlier: LiveNode | null;
}

/** One metric's groups of the parts that were taken, by key and by pane. */
export interface LiveMetric {
  readonly keys: KeyTable;
  readonly groupsOf: GroupsOf;
  readonly changedGroups: ChangedGroups;
  /** The groups of parts by key: put together once for an array of them. */
  overlayOf(parts: readonly Part[]): Overlay;
  /** A key's newest pane. */
  newest(id: number): LiveNode | null;
  /** A key's states in the panes of a range, the newest first. */
  eachIn(id: number, range: TimeRange, take: (paneMs: EpochMs, states: GroupStates) => void): void;
  readonly panes: ReadonlyMap<EpochMs, LivePane>;
  /** Shards whose `other` group holds something of a pane. */
  readonly overflow: ReadonlyMap<EpochMs, ReadonlySet<ShardId>>;
  /** Told of every part that is taken, after it was added. */
  readonly takers: Set<(part: Part) => void>;
}

/** The finished increments after the cut, added up. */
export interface LivePanes {
  add(part: Part): void;
  /** @throws Error for a definition that is not known. */
  of(definition: string): LiveMetric;
}

const createLiveMetric = (
  definition: string,
  measures: readonly Measure[],
): LiveMetric & { readonly add: (part: Part) => void } => {
  const keys = createKeyTable();
  const groupsOf = createGroupsOf(definition, keys);
  const nodes: (LiveNode | undefined)[] = [];
  const panes = new Map<EpochMs, LivePane>();
  const overflow = new Map<EpochMs, Set<ShardId>>();
  const takers = new Set<(part: Part) => void>();
  const overlays = new WeakMap<readonly Part[], Overlay>();

  const paneOf = (startMs: EpochMs): LivePane => {
    let pane = panes.get(startMs);
    if (!pane) {
      pane = { startMs, ids: [] };
      panes.set(startMs, pane);
    }
    return pane;
  };
  const addGroup = (id: number, paneMs: EpochMs, states: readonly unknown[]): void => {
    let later: LiveNode | null = null;
    let node: LiveNode | null = nodes[id] ?? null;
    while (node !== null && node.pane.startMs > paneMs) {
      later = node;
      node = node.earlier;
    }
    if (node?.pane.startMs === paneMs) {
      node.states = mergeStates(measures, node.states, states);
      return;
    }
    const pane = paneOf(paneMs);
    pane.ids.push(id);
    const added = { pane, states: mergeStates(measures, zeroStates(measures), states), earlier: node };
    while (nodes.length <= id) nodes.push(undefined);
    if (later === null) nodes[id] = added;
    else later.earlier = added;
  };

  return {
    keys,
    groupsOf,
    changedGroups: createChangedGroups(groupsOf),
    panes,
    overflow,
    takers,
    newest: (id) => nodes[id] ?? null,
    eachIn(id, { fromMs, toExclusiveMs }, take) {
      for (let node = nodes[id] ?? null; node !== null; node = node.earlier) {
        const { startMs } = node.pane;
        // Most keys have many panes before a short window.
        if (startMs < fromMs) return;
        if (startMs < toExclusiveMs) take(startMs, node.states);
      }
    },
    overlayOf(parts) {
      let overlay = overlays.get(parts);
      if (!overlay) {
        overlay = createOverlay(parts, groupsOf);
        overlays.set(parts, overlay);
      }
      return overlay;
    },
    add(part) {
      const groups = groupsOf(part.increment);
      if (groups === null) return;
      for (let at = 0; at < groups.groups.length; at++) {
        const id = groups.ids[at] as number;
        const { paneMs, states } = groups.groups[at] as Group;
        if (id !== NO_ID) addGroup(id, paneMs, states);
      }
      for (const paneMs of groups.otherPanes) {
        const shards = overflow.get(paneMs) ?? new Set();
        overflow.set(paneMs, shards.add(part.shard));
      }
      for (const taken of takers) taken(part);
    },
  };
};

export const createLivePanes = (measuresOf: (definition: string) => readonly Measure[] | null): LivePanes => {
  const metrics = new Map<string, ReturnType<typeof createLiveMetric>>();
  const metricOf = (definition: string) => {
    let metric = metrics.get(definition);
    if (!metric) {
      const measures = measuresOf(definition);
      if (!measures) throw new Error(`no measures for definition ${definition}`);
      metric = createLiveMetric(definition, measures);
      metrics.set(definition, metric);
    }
    return metric;
  };
  return {
    add(part) {
      for (const { definition } of part.increment.metrics) metricOf(definition).add(part);
    },
    of: metricOf,
  };
};
