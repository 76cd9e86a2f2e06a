import {
  type EpochMs,
  type Group,
  type GroupKey,
  type GroupStates,
  type Measure,
  measureFor,
  mergeStates,
  type MetricDefinition,
  OTHER_KEY,
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
  /** By pane, the totals of measures that add up, in the definition's order. */
  readonly amounts: Readonly<Record<SegmentClass, ReadonlyMap<EpochMs, readonly bigint[]>>>;
  /** Of compared segments, those of the sample. */
  readonly groups: PaneGroups;
  /** Panes in which some groups have no name. */
  readonly overflowed: ReadonlySet<EpochMs>;
  /** Takes the groups of one increment, sorted by pane. It may keep and change their states. */
  add(groups: readonly Group[], segment: SegmentClass): void;
}

export const createLiveSide = (definition: MetricDefinition, sample: Sample): LiveSide => {
  const measures = definition.measures.map(({ spec }) => measureFor(spec));
  const additive = comparedMeasures(definition).additive.map(({ index }) => index);
  const amounts = { compared: new Map<EpochMs, bigint[]>(), written_off: new Map<EpochMs, bigint[]>() };
  const groups: PaneGroups = new Map();
  const overflowed = new Set<EpochMs>();

  const addPane = (paneMs: EpochMs, ofPane: readonly Group[], segment: SegmentClass): void => {
    const totals = amounts[segment].get(paneMs) ?? additive.map(() => 0n);
    amounts[segment].set(paneMs, totals);
    additive.forEach((index, place) => {
      totals[place] = (totals[place] as bigint) + totalOf(ofPane, index);
    });
    if (segment !== "compared") return;
    const standing: Map<GroupKey, GroupStates> = groups.get(paneMs) ?? new Map();
    groups.set(paneMs, standing);
    for (const { key, states } of ofPane) {
      if (key === OTHER_KEY) {
        overflowed.add(paneMs);
        continue;
      }
      const before = standing.get(key);
      if (before) mergeStates(measures, before, states);
      else if (holds(sample, paneMs, key)) standing.set(key, states as GroupStates);
    }
  };

  return {
    measures,
    sample,
    amounts,
    groups,
    overflowed,
    add(added, segment) {
      for (let from = 0; from < added.length; ) {
        const { paneMs } = added[from] as Group;
        let to = from + 1;
        while (added[to]?.paneMs === paneMs) to++;
        addPane(paneMs, added.slice(from, to), segment);
        from = to;
      }
    },
  };
};

/** The exact total of a count or sum; numbers are added while they are safe. */
const totalOf = (groups: readonly Group[], index: number): bigint => {
  let total = 0n;
  let small = 0;
  for (const { states } of groups) {
    const state = states[index] as number | bigint;
    const sum = typeof state === "number" ? small + state : Number.NaN;
    if (Number.isSafeInteger(sum)) small = sum;
    else total += BigInt(state);
  }
  return total + BigInt(small);
};
