import {
  type EpochMs,
  type GroupStates,
  type Measure,
  mergeStates,
  type TimeRange,
  zeroStates,
} from "@freshet/model";
import type { LiveMetric } from "../live/livePanes.js";
import { inRange, NO_ID, type Part } from "../live/part.js";
import type { DayIndex } from "../settled/dayIndex.js";
import type { StartTurns, Turns } from "../turns.js";

/** What a key amounts to in the range that a window slides to. */
export interface Moved {
  /** Null: nothing is left. */
  states: GroupStates | null;
  /** Measures' numbers to order by, as far as they were reckoned. */
  ranks: readonly number[];
}

/** What a window's keys amount to when panes leave and enter it: the next slide is reckoned before it comes. */
export interface Slide {
  /** Keys of the panes that leave and enter, settled and taken: the caller's own. Null: it cannot be told. */
  to(range: TimeRange, next: TimeRange): Promise<Map<number, Moved> | null>;
  /** Gets ready to slide, in turns; `ranked` are the measures that will be asked for. */
  lookAhead(range: TimeRange, next: TimeRange, ranked: readonly number[]): Promise<void>;
  /** A part was taken: what is ready takes it too. */
  taken(part: Part): void;
  release(): void;
}

export interface SlideSource {
  readonly live: LiveMetric;
  readonly measures: readonly Measure[];
  readonly startTurns: StartTurns;
  /** Turns of work for which nobody waits. */
  readonly startRestfulTurns: StartTurns;
  /** Days of the generation in memory; null where there is no room for one. */
  readonly daysOf: (range: TimeRange) => Promise<readonly DayIndex[] | null>;
}

interface Ahead {
  readonly range: TimeRange;
  readonly next: TimeRange;
  readonly moved: Map<number, Moved>;
}

export const sameRange = (a: TimeRange, b: TimeRange): boolean =>
  a.fromMs === b.fromMs && a.toExclusiveMs === b.toExclusiveMs;

const leftOf = ({ fromMs }: TimeRange, next: TimeRange): TimeRange => ({
  fromMs,
  toExclusiveMs: next.fromMs,
});
const enteredOf = ({ toExclusiveMs }: TimeRange, next: TimeRange): TimeRange => ({
  fromMs: toExclusiveMs,
  toExclusiveMs: next.toExclusiveMs,
});

const NO_RANKS: readonly number[] = [];
const ALWAYS = (): boolean => true;
/** A few keys take next to no time where most are known. */
const KEYS_BETWEEN_LOOKS = 8;

const ranksOf = (
  measures: readonly Measure[],
  ranked: readonly number[],
  states: GroupStates,
): readonly number[] => {
  const ranks: number[] = [];
  for (const index of ranked) ranks[index] = (measures[index] as Measure).rank(states[index]);
  return ranks;
};

export const createSlide = ({
  live,
  measures,
  startTurns,
  startRestfulTurns,
  daysOf,
}: SlideSource): Slide => {
  const { keys } = live;
  let ahead: Ahead | null = null;

  const movedTo = (id: number, next: TimeRange, days: readonly DayIndex[]): Moved => {
    let states: GroupStates | null = null;
    const add = (_paneMs: EpochMs, from: readonly unknown[]): void => {
      states = mergeStates(measures, states ?? zeroStates(measures), from);
    };
    for (const day of days) day.rowsOf(keys.keyOf(id), next, add);
    live.eachIn(id, next, add);
    return { states, ranks: NO_RANKS };
  };
  /** Adds each key of a range's panes that is not there. False: they cannot be told, or are of no use any more. */
  const addMoved = async (
    within: TimeRange,
    { next, moved }: Ahead,
    turns: Turns,
    reckon: (id: number, days: readonly DayIndex[]) => Moved,
    useful: () => boolean,
  ): Promise<boolean> => {
    if (within.fromMs >= within.toExclusiveMs) return true;
    const days = await daysOf(next);
    const leaving = await daysOf(within);
    if (days === null || leaving === null) return false;
    const add = (id: number): void => {
      if (!moved.has(id)) moved.set(id, reckon(id, days));
    };
    for (const day of leaving) {
      for (const key of day.keysIn(within)) {
        if (key !== null) add(keys.idOf(key));
        if (turns.due()) await turns.next();
        if (!useful()) return false;
      }
    }
    for (const pane of live.panes.values()) {
      if (!inRange(pane.startMs, within)) continue;
      for (const [at, id] of pane.ids.entries()) {
        add(id);
        if (at % KEYS_BETWEEN_LOOKS === 0 && turns.due()) await turns.next();
        if (!useful()) return false;
      }
    }
    return true;
  };

  return {
    async to(range, next) {
      const ready = ahead;
      // What was ready is for one slide alone.
      ahead = null;
      const forward = next.fromMs >= range.fromMs && next.toExclusiveMs >= range.toExclusiveMs;
      if (!forward || next.fromMs >= range.toExclusiveMs) return null;
      const standing = ready && sameRange(ready.range, range) && sameRange(ready.next, next);
      const of: Ahead = standing ? ready : { range, next, moved: new Map() };
      const turns = startTurns();
      for (const within of [leftOf(range, next), enteredOf(range, next)]) {
        const known = await addMoved(within, of, turns, (id, days) => movedTo(id, next, days), ALWAYS);
        if (!known) return null;
      }
      return of.moved;
    },
    async lookAhead(range, next, ranked) {
      if (ahead && sameRange(ahead.range, range)) return;
      const mine: Ahead = { range, next, moved: new Map() };
      ahead = mine;
      const reckon = (id: number, days: readonly DayIndex[]): Moved => {
        const of = movedTo(id, next, days);
        return of.states === null ? of : { ...of, ranks: ranksOf(measures, ranked, of.states) };
      };
      await addMoved(leftOf(range, next), mine, startRestfulTurns(), reckon, () => ahead === mine);
    },
    taken({ increment }) {
      if (ahead === null) return;
      const of = live.groupsOf(increment);
      if (of === null) return;
      for (let at = 0; at < of.groups.length; at++) {
        const id = of.ids[at] as number;
        if (id === NO_ID) continue;
        const moved = ahead.moved.get(id);
        const group = of.groups[at];
        if (!moved || !group || !inRange(group.paneMs, ahead.next)) continue;
        moved.states = mergeStates(measures, moved.states ?? zeroStates(measures), group.states);
        moved.ranks = NO_RANKS;
      }
    },
    release() {
      ahead = null;
    },
  };
};
