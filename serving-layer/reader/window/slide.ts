import { type GroupStates, type Measure, mergeStates, type TimeRange, zeroStates } from "@freshet/model";
import type { LiveMetric } from "../live/livePanes.js";
import { inRange, NO_ID, type Part } from "../live/part.js";
import type { DayIndex } from "../settled/dayIndex.js";
import { rowsOfDays, type SettledRows } from "../settled/settledRows.js";
import type { StartTurns, Turns } from "../turns.js";
import { createReckon } from "./keyStates.js";

/** What a key amounts to in the range that a window slides to. */
export interface Moved {
  /** Null: nothing is left. */
  states: GroupStates | null;
  /** Measures' numbers to order by, as far as they were reckoned. */
  ranks: readonly number[];
}

/** Where a window slid to. */
export interface Slid {
  /** Keys of the panes that leave and enter, settled and taken. */
  readonly moved: ReadonlyMap<number, Moved>;
  readonly rows: SettledRows;
}

/** What a window's keys amount to when panes leave and enter it: the next slide is reckoned before it comes. */
export interface Slide {
  /** Null: it cannot be told. */
  to(range: TimeRange, next: TimeRange): Promise<Slid | null>;
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
  readonly rows: SettledRows;
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

  const statesIn = createReckon(live, measures);
  /** Adds each key of a range's panes that is not there. False: they cannot be told, or are of no use any more. */
  const addMoved = async (
    within: TimeRange,
    { next, rows, moved }: Ahead,
    turns: Turns,
    reckon: (states: GroupStates | null) => Moved,
    useful: () => boolean,
  ): Promise<boolean> => {
    if (within.fromMs >= within.toExclusiveMs) return true;
    const leaving = await daysOf(within);
    if (leaving === null) return false;
    const add = (id: number): void => {
      if (!moved.has(id)) moved.set(id, reckon(statesIn(id, next, rows)));
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
      const days = standing ? null : await daysOf(next);
      if (!standing && days === null) return null;
      const of: Ahead = standing ? ready : { range, next, rows: rowsOfDays(days ?? []), moved: new Map() };
      const turns = startTurns();
      for (const within of [leftOf(range, next), enteredOf(range, next)]) {
        const known = await addMoved(within, of, turns, (states) => ({ states, ranks: NO_RANKS }), ALWAYS);
        if (!known) return null;
      }
      return of;
    },
    async lookAhead(range, next, ranked) {
      if (ahead && sameRange(ahead.range, range)) return;
      const days = await daysOf(next);
      if (days === null) return;
      const mine: Ahead = { range, next, rows: rowsOfDays(days), moved: new Map() };
      ahead = mine;
      const reckon = (states: GroupStates | null): Moved => ({
        states,
        ranks: states === null ? NO_RANKS : ranksOf(measures, ranked, states),
      });
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
