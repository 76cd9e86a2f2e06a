import { isDeepStrictEqual } from "node:util";
import {
  createByteWriter,
  DRIFT_CAUSES,
  type DriftCause,
  type EpochMs,
  type GroupKey,
  type Measure,
  mergeStates,
  zeroStates,
} from "@freshet/model";
import type { LiveSide, PaneGroups } from "./liveSide.js";

/** By group, which causes its rows have that live counted and batch does not. */
export type GroupCauses = ReadonlyMap<EpochMs, ReadonlyMap<GroupKey, ReadonlySet<DriftCause>>>;

/** What batch says of the rows of compared segments, in groups of live's sample. */
export interface SettledSide {
  /** Rows that stand. */
  readonly groups: PaneGroups;
  /** Rows that live counted beyond them. */
  readonly beyond: PaneGroups;
  readonly causes: GroupCauses;
}

/** How many groups of a pane were compared, how many differ, and for which causes. */
export interface ComparedStates {
  readonly compared: number;
  readonly differing: number;
  readonly causes: Readonly<Partial<Record<DriftCause, number>>>;
}

export interface ComparedPane {
  readonly groups: ComparedStates;
  /** In the definition's order. */
  readonly measures: readonly ComparedStates[];
}

const bytesOf = (measure: Measure, state: unknown): Uint8Array => {
  const out = createByteWriter();
  measure.encode(state, out);
  return out.finish();
};

const isObject = (state: unknown): boolean => typeof state === "object" && state !== null;

/** Equal states have equal bytes; nearly all are equal as they lie in memory, which is told sooner. */
const sameState = (measure: Measure, a: unknown, b: unknown): boolean =>
  Object.is(a, b) ||
  (isObject(a) &&
    isObject(b) &&
    (isDeepStrictEqual(a, b) || Buffer.compare(bytesOf(measure, a), bytesOf(measure, b)) === 0));

interface Tally {
  compared: number;
  differing: number;
  readonly causes: Partial<Record<DriftCause, number>>;
}

const note = (tally: Tally, differs: boolean, causes: ReadonlySet<DriftCause>): void => {
  tally.compared += 1;
  if (!differs) return;
  tally.differing += 1;
  for (const cause of DRIFT_CAUSES)
    if (causes.has(cause)) tally.causes[cause] = (tally.causes[cause] ?? 0) + 1;
};

const NO_CAUSES: ReadonlySet<DriftCause> = new Set();

/** Compares the groups of one pane: what live has, what stands, and what live should have by batch's reckoning. */
export const comparePane = (live: LiveSide, settled: SettledSide, paneMs: EpochMs): ComparedPane => {
  const { measures } = live;
  const ofLive = live.groups.get(paneMs);
  const ofSettled = settled.groups.get(paneMs);
  const ofBeyond = settled.beyond.get(paneMs);
  const unexplained: DriftCause = live.overflowed.has(paneMs) ? "overflow" : "defect";
  const tallyOf = (): Tally => ({ compared: 0, differing: 0, causes: {} });
  const groups = tallyOf();
  const byMeasure = measures.map(tallyOf);
  const zero = zeroStates(measures);
  const keys = new Set<GroupKey>([
    ...(ofLive?.keys() ?? []),
    ...(ofSettled?.keys() ?? []),
    ...(ofBeyond?.keys() ?? []),
  ]);
  for (const key of keys) {
    const has = ofLive?.get(key);
    const stands = ofSettled?.get(key);
    const more = ofBeyond?.get(key);
    const expected = more
      ? mergeStates(measures, mergeStates(measures, zeroStates(measures), stands ?? zero), more)
      : stands;
    const known = settled.causes.get(paneMs)?.get(key) ?? NO_CAUSES;
    const withUnexplained = new Set([...known, unexplained]);
    let differs = (has === undefined) !== (stands === undefined);
    let astray = (has === undefined) !== (expected === undefined);
    measures.forEach((measure, index) => {
      const state = (has ?? zero)[index];
      const unlike = !sameState(measure, state, (stands ?? zero)[index]);
      const strays = more ? !sameState(measure, state, (expected ?? zero)[index]) : unlike;
      differs ||= unlike;
      astray ||= strays;
      note(byMeasure[index] as Tally, unlike, strays ? withUnexplained : known);
    });
    note(groups, differs, astray ? withUnexplained : known);
  }
  return { groups, measures: byMeasure };
};
