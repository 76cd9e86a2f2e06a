import type { Missing, PresentedValue, TimeRange } from "@freshet/model";
import { presentStates } from "../answer/frame.js";
import type { Metric } from "../catalog.js";
import type { LiveMetric } from "../live/livePanes.js";
import { NO_OVERLAY, type Overlay } from "../live/overlay.js";
import { inRange, NO_ID, type Part } from "../live/part.js";
import type { DayIndex } from "../settled/dayIndex.js";
import { createSettledOnce, rowsOfDays, type SettledRows } from "../settled/settledRows.js";
import type { SettledRow } from "../settled/settledView.js";
import type { StartTurns } from "../turns.js";
import { createKeyStates } from "./keyStates.js";
import { createOpenStates } from "./openStates.js";
import { createRankings, type Foreseen, type Ranking } from "./rankings.js";
import { createSlide, sameRange, type Slid } from "./slide.js";

/** Every key of a metric over one window, kept as parts come in and as it slides. */
export interface Window {
  readonly metric: Metric;
  range(): TimeRange;
  /** What of the generation could not be read. */
  readonly missing: readonly Missing[];
  /** False: it cannot follow, and is to be made anew. */
  stands(): boolean;
  /** The key's values; null where the window has none of it. */
  values(id: number): Readonly<Record<string, PresentedValue>> | null;
  has(id: number): boolean;
  /** A measure's number to order by, NaN where the window has none of the key. */
  rank(id: number, index: number): number;
  /** The same of every key. */
  ranking(index: number): Promise<Ranking>;
  /** Measures that it has rankings of. */
  ranked(): readonly number[];
  /** Told of keys whose rank by a measure, or a bound of it, has risen. */
  onRise(index: number, risen: (id: number) => void): () => void;
  /** States that it holds. */
  readonly groups: number;
  /** Reckons what a read will change, in turns, for `commit` to let it stand. */
  prepare(read: readonly Part[], range: TimeRange): Promise<void>;
  commit(read: readonly Part[], range: TimeRange): void;
  /** Gets ready for where the window goes next, in turns for which nobody waits. */
  lookAhead(): Promise<void>;
  release(): void;
}

export interface WindowSource {
  readonly live: LiveMetric;
  readonly parts: () => readonly Part[];
  readonly startTurns: StartTurns;
  /** Turns of work for which nobody waits. */
  readonly startRestfulTurns: StartTurns;
  /** Where the window will be when the next pane begins; null for one that stays where it is. */
  readonly nextRange: (range: TimeRange) => TimeRange | null;
  /** Days of the generation in memory; null where there is no room for one. */
  readonly daysOf: (range: TimeRange) => Promise<readonly DayIndex[] | null>;
  /** Every settled row of a range. */
  readonly readSettled: (range: TimeRange, take: (row: SettledRow) => void) => Promise<readonly Missing[]>;
}

/** Keys whose ranks are reckoned before it is asked whether the turn has taken long enough. */
const RANKS_BETWEEN_LOOKS = 16;

/** What is to stand with the next read. */
interface Prepared {
  readonly read: readonly Part[];
  readonly range: TimeRange;
  /** Null: it stays where it is. */
  readonly slid: Slid | null;
  readonly changed: ReadonlySet<number>;
  /** Measures whose ranks were foreseen, and those that may be among the first. */
  readonly ranked: readonly number[];
  readonly known: readonly Foreseen[];
}

/** What is settled of a range: in the days in memory, or read where there is no room for one. Every key of it gets a number. */
const settle = async (
  { live, daysOf, readSettled, startTurns }: WindowSource,
  { measures }: Metric,
  range: TimeRange,
): Promise<{ readonly rows: SettledRows; readonly missing: readonly Missing[] }> => {
  const days = await daysOf(range);
  if (days === null) {
    const rows = createSettledOnce(measures, range);
    const missing = await readSettled(range, ({ key, states }) => {
      live.keys.idOf(key);
      rows.add(key, states);
    });
    return { rows, missing };
  }
  const turns = startTurns();
  for (const day of days) {
    for (const key of day.keysIn(range)) {
      if (key !== null) live.keys.idOf(key);
      if (turns.due()) await turns.next();
    }
  }
  return { rows: rowsOfDays(days), missing: [] };
};

/** @param stand told of the window at the instant from which on it must be kept up */
export const openWindow = async (
  source: WindowSource,
  metric: Metric,
  asked: TimeRange,
  stand: (window: Window) => void,
): Promise<Window> => {
  const { live, startTurns } = source;
  const { keys } = live;
  const { measures } = metric;
  const { rows, missing } = await settle(source, metric, asked);
  /** What is settled and what was taken. */
  const states = createKeyStates(live, measures, asked, rows);
  const slide = createSlide({ ...source, measures });
  let range = asked;
  let standing = true;
  /** Parts that were not taken when they were read. */
  let overlay: Overlay = NO_OVERLAY;
  /** Names of those that were since. */
  const takenSince = new Set<string>();
  /** Of keys that were asked for since the last commit. */
  const presented = new Map<number, Readonly<Record<string, PresentedValue>> | null>();
  /** The read that it follows. */
  let followed: readonly Part[] | null = null;
  let prepared: Prepared | null = null;

  const open = createOpenStates(measures, ({ name }) => takenSince.has(name));
  const rank = (id: number, index: number): number => {
    open.find(id, overlay, range);
    return open.rank(index, states.of(id)?.[index]);
  };
  const rankOnce = (id: number, index: number): number => {
    open.find(id, overlay, range);
    return open.rank(index, states.once(id)?.[index]);
  };

  const rankings = createRankings(() => keys.size, rank, rankOnce, startTurns);

  const taken = (part: Part): void => {
    slide.taken(part);
    takenSince.add(part.name);
    const of = live.groupsOf(part.increment);
    for (let at = 0; of !== null && at < of.groups.length; at++) {
      const id = of.ids[at] as number;
      const group = of.groups[at];
      if (id !== NO_ID && group) states.take(id, group.paneMs, group.states);
    }
  };

  const follow = (parts: readonly Part[]): void => {
    overlay = live.overlayOf(parts);
    takenSince.clear();
    presented.clear();
  };
  /** What was taken counts all the same: its keys' ranks stay. */
  const changedBy = (parts: readonly Part[]): ReadonlySet<number> =>
    live.changedGroups(overlay.parts, parts, (name) => takenSince.has(name));

  /** Keys of parts that were not taken, and stay as they are, whose panes the window leaves or enters. */
  const crossedBy = (parts: readonly Part[], next: TimeRange): Set<number> => {
    const crossed = new Set<number>();
    if (sameRange(range, next)) return crossed;
    for (const { increment } of parts) {
      const of = live.groupsOf(increment);
      for (const [at, { paneMs }] of of?.groups.entries() ?? []) {
        const id = of?.ids[at] as number;
        if (id !== NO_ID && inRange(paneMs, range) !== inRange(paneMs, next)) crossed.add(id);
      }
    }
    return crossed;
  };

  /** False: a part is there no more, so that a rank may have risen by what is gone. */
  const onlyGrows = (parts: readonly Part[]): boolean => {
    const names = new Set(parts.map(({ name }) => name));
    return overlay.parts.every(({ name }) => takenSince.has(name) || names.has(name));
  };
  /** The rank of the key that was looked up, or a bound of it, which is enough of what was not among the first. */
  const foresee = (index: number, id: number, grows: boolean, known: Foreseen[]): void => {
    const bound = grows ? open.bound(index, rankings.bound(index, id)) : Number.NaN;
    if (bound < rankings.least(index)) rankings.foresee(index, id, bound);
    else foreseeRank(index, id, open.rank(index, states.of(id)?.[index]), known);
  };
  /** Kept apart if it may be among the first, or was: it is no bound then. */
  const foreseeRank = (index: number, id: number, own: number, known: Foreseen[]): void => {
    rankings.foresee(index, id, own);
    if (rankings.bound(index, id) >= rankings.least(index)) known.push({ index, id, rank: own });
  };

  const window: Window = {
    metric,
    missing,
    range: () => range,
    stands: () => standing,
    has(id) {
      open.find(id, overlay, range);
      return !open.empty() || states.has(id);
    },
    rank,
    values(id) {
      let values = presented.get(id);
      if (values === undefined) {
        open.find(id, overlay, range);
        const all = open.states(states.of(id));
        values = all && presentStates(metric, all);
        presented.set(id, values);
      }
      return values;
    },
    ranking: rankings.get,
    ranked: rankings.indexes,
    onRise: rankings.onRise,
    get groups() {
      return states.groups;
    },
    async prepare(read, next) {
      prepared = null;
      if (read === followed && sameRange(next, range)) return;
      const slides = !sameRange(next, range);
      const slid = slides ? await slide.to(range, next) : null;
      if (slides && slid === null) {
        standing = false;
        return;
      }
      const over = live.overlayOf(read);
      const turns = startTurns();
      const crossed = crossedBy(read, next);
      const own = changedBy(read);
      const changed = slid === null ? own : new Set([...own, ...crossed, ...slid.moved.keys()]);
      const ranked = rankings.indexes();
      const known: Foreseen[] = [];
      const grows = onlyGrows(read);
      let looked = 0;
      for (const id of changed) {
        const of = slid?.moved.get(id);
        open.find(id, over, next);
        for (const index of ranked) {
          if (of === undefined) foresee(index, id, grows && !crossed.has(id), known);
          else {
            const rankAhead = open.empty() ? of.ranks[index] : undefined;
            foreseeRank(index, id, rankAhead ?? open.rank(index, of.states?.[index]), known);
          }
        }
        if (++looked % RANKS_BETWEEN_LOOKS === 0 && turns.due()) await turns.next();
      }
      prepared = { read, range: next, slid, changed, ranked, known };
    },
    commit(read, next) {
      const ready = prepared?.read === read ? prepared : null;
      prepared = null;
      if (read === followed && sameRange(next, range)) return;
      // It came to stand while the others were prepared: it stays where it is until the next read.
      if (ready === null && !sameRange(next, range)) return;
      const changed = ready?.changed ?? changedBy(read);
      const known = [...(ready?.known ?? [])];
      if (ready?.slid) states.slideTo(next, ready.slid.rows, ready.slid.moved);
      range = next;
      follow(read);
      followed = read;
      // Rankings that were asked for since.
      for (const index of rankings.indexes()) {
        if (ready?.ranked.includes(index)) continue;
        for (const id of changed) foreseeRank(index, id, rank(id, index), known);
      }
      rankings.commit(known);
    },
    async lookAhead() {
      const next = standing ? source.nextRange(range) : null;
      if (next !== null) await slide.lookAhead(range, next, rankings.indexes());
    },
    release() {
      live.takers.delete(taken);
      slide.release();
    },
  };
  live.takers.add(taken);
  // New keys get their numbers by it: what looks at every key finds them.
  follow(source.parts());
  stand(window);
  return window;
};
