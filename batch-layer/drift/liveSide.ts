import {
  type EpochMs,
  type GroupColumns,
  type GroupKey,
  type GroupStates,
  type Measure,
  measureFor,
  mergeStates,
  type MetricDefinition,
  OTHER_KEY,
  type WantedStates,
} from "@freshet/model";
import { comparedMeasures } from "./additive.js";
import { holds, type Sample } from "./sample.js";

/** Groups of a metric of which states are compared; of more, a sample. */
export const GROUPS_MAX = 4_096;

/** How the increments of a segment are compared. */
export type SegmentClass = "compared" | "written_off";

export type PaneGroups = Map<EpochMs, Map<GroupKey, GroupStates>>;

/** What live's increments of a run's segments amount to, for one metric. */
export interface LiveSide {
  readonly measures: readonly Measure[];
  readonly sample: Sample;
  /** What it takes of an increment. */
  readonly wanted: WantedStates;
  /** By pane, the totals of measures that add up, in the definition's order. */
  readonly amounts: Readonly<Record<SegmentClass, ReadonlyMap<EpochMs, readonly bigint[]>>>;
  /** Of compared segments, those of the sample. */
  readonly groups: PaneGroups;
  /** Panes in which some groups have no name. */
  readonly overflowed: ReadonlySet<EpochMs>;
  /** Takes the groups of one increment. It may keep and change their states. */
  add(groups: GroupColumns, segment: SegmentClass): void;
}

export const createLiveSide = (definition: MetricDefinition, sample: Sample): LiveSide => {
  const measures = definition.measures.map(({ spec }) => measureFor(spec));
  const additive = comparedMeasures(definition).additive.map(({ index }) => index);
  const amounts = { compared: new Map<EpochMs, bigint[]>(), written_off: new Map<EpochMs, bigint[]>() };
  const groups: PaneGroups = new Map();
  const overflowed = new Set<EpochMs>();

  /** @param from the pane's first group; @param to the one after its last */
  const addPane = (added: GroupColumns, from: number, to: number, segment: SegmentClass): void => {
    const paneMs = added.panes[from] as EpochMs;
    const totals = amounts[segment].get(paneMs) ?? additive.map(() => 0n);
    amounts[segment].set(paneMs, totals);
    additive.forEach((index, place) => {
      totals[place] =
        (totals[place] as bigint) + totalOf(added.states[index] as readonly unknown[], from, to);
    });
    if (segment !== "compared") return;
    const standing: Map<GroupKey, GroupStates> = groups.get(paneMs) ?? new Map();
    groups.set(paneMs, standing);
    for (let index = from; index < to; index++) {
      const key = added.keys[index] as GroupKey;
      if (key === OTHER_KEY) overflowed.add(paneMs);
      else if (added.held[index]) {
        const states: GroupStates = added.states.map((column) => column[index]);
        const before = standing.get(key);
        standing.set(key, before ? mergeStates(measures, before, states) : states);
      }
    }
  };

  return {
    measures,
    sample,
    wanted: { measures, ofAll: new Set(additive), holds: (paneMs, key) => holds(sample, paneMs, key) },
    amounts,
    groups,
    overflowed,
    add(added, segment) {
      const { panes } = added;
      for (let from = 0; from < panes.length; ) {
        let to = from + 1;
        while (panes[to] === panes[from]) to++;
        addPane(added, from, to, segment);
        from = to;
      }
    },
  };
};

/** The exact total of a count or sum; numbers are added while they are safe. */
const totalOf = (states: readonly unknown[], from: number, to: number): bigint => {
  let total = 0n;
  let small = 0;
  for (let index = from; index < to; index++) {
    const state = states[index] as number | bigint;
    const sum = typeof state === "number" ? small + state : Number.NaN;
    if (Number.isSafeInteger(sum)) small = sum;
    else total += BigInt(state);
  }
  return total + BigInt(small);
};
