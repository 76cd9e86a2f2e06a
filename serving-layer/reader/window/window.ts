import type { Missing, PresentedValue, TimeRange } from "@freshet/model";
import { presentStates } from "../answer/frame.js";
import type { Metric } from "../catalog.js";
import type { LiveMetric } from "../live/livePanes.js";
import { NO_OVERLAY, type Overlay } from "../live/overlay.js";
import { inRange, NO_ID, type Part } from "../live/part.js";
import type { DayIndex } from "../settled/dayIndex.js";
import type { StartTurns } from "../turns.js";
import { createColumns } from "./columns.js";
import { createOpenStates } from "./openStates.js";
import { createPending } from "./pending.js";
import { createRankings, type Foreseen, type Ranking } from "./rankings.js";
import { createSlide, type Moved, sameRange } from "./slide.js";

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
  /** A measure's number to order by, NaN where the window has none of the key. */
  rank(id: number, index: number): number;
  /** The same of every key. */
  ranking(index: number): Promise<Ranking>;
  /** Measures that it has rankings of. */
  ranked(): readonly number[];
  /** Told of keys whose rank by a measure, or a bound of it, has risen. */
  onRise(index: number, risen: (id: number) => void): () => void;
  readonly groups: number;
  /** Reckons what a read will change, in turns, for `commit` to let it stand. */
  prepare(read: readonly Part[], range: TimeRange): Promise<void>;
  commit(read: readonly Part[], range: TimeRange): void;
  /** Puts parts that were taken with the others, in turns. */
  tidy(): Promise<void>;
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
  readonly readSettled: (
    range: TimeRange,
    take: (id: number, states: readonly unknown[]) => void,
  ) => Promise<readonly Missing[]>;
}

/** Keys whose ranks are reckoned before it is asked whether the turn has taken long enough. */
const RANKS_BETWEEN_LOOKS = 16;

/** What is to stand with the next read. */
interface Prepared {
  readonly read: readonly Part[];
  readonly range: TimeRange;
  /** Keys that panes left or entered. */
  readonly moved: Map<number, Moved>;
  readonly changed: ReadonlySet<number>;
  /** Measures whose ranks were foreseen, and those that may be among the first. */
  readonly ranked: readonly number[];
  readonly known: readonly Foreseen[];
}

/**
 * Reads the settled part and what was taken; what is taken meanwhile comes in once.
 *
 * @param stand told of the window at the instant from which on it must be kept up
 */
export const openWindow = async (
  source: WindowSource,
  metric: Metric,
  asked: TimeRange,
  stand: (window: Window) => void,
): Promise<Window> => {
  const { live, startTurns } = source;
  const { keys } = live;
  const { measures } = metric;
  /** The settled part and the parts that were taken. */
  const columns = createColumns(measures, startTurns);
  const slide = createSlide({ ...source, measures });
  let range = asked;
  let standing = true;
  /** Parts that are not in the columns, but for those that were tidied since. */
  let overlay: Overlay = NO_OVERLAY;
  const pending = createPending(live, startTurns);
  /** Of keys that were asked for since the last commit. */
  const presented = new Map<number, Readonly<Record<string, PresentedValue>> | null>();
  /** The read that it follows. */
  let followed: readonly Part[] | null = null;
  let prepared: Prepared | null = null;
  /** Keys up to here have what was taken in the columns, while the window is made. */
  let made: number | null = 0;

  const open = createOpenStates(measures, pending);
  const rank = (id: number, index: number): number => {
    open.find(id, overlay, range);
    return open.rank(index, columns.state(id, index));
  };

  const rankings = createRankings(() => keys.size, rank, startTurns);

  const taken = (part: Part): void => {
    slide.taken(part);
    if (made === null) {
      pending.add(part);
      return;
    }
    const of = live.groupsOf(part.increment);
    for (const [at, { paneMs, states }] of of?.groups.entries() ?? []) {
      const id = of?.ids[at] as number;
      if (id !== NO_ID && id < made && inRange(paneMs, range)) columns.merge(id, states);
    }
  };
  live.takers.add(taken);

  const mergeTaken = (id: number): void =>
    live.eachIn(id, range, (_paneMs, states) => columns.merge(id, states));
  const settle = async (): Promise<readonly Missing[]> => {
    const missing = await source.readSettled(range, columns.merge);
    const turns = startTurns();
    for (let id = 0; id < keys.size; id++) {
      mergeTaken(id);
      made = id + 1;
      if (turns.due()) await turns.next();
    }
    return missing;
  };

  const follow = (parts: readonly Part[]): void => {
    overlay = live.overlayOf(parts);
    pending.followed();
    presented.clear();
  };
  /** What was tidied is in the columns: its keys' ranks stay. */
  const changedBy = (parts: readonly Part[]): ReadonlySet<number> =>
    live.changedGroups(overlay.parts, parts, pending.wasTidied);

  /** Keys of parts that are not in the columns, and stay as they are, whose panes the window leaves or enters. */
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
    return overlay.parts.every(({ name }) => pending.wasTidied(name) || names.has(name));
  };
  /** The rank of the key that was looked up, or a bound of it, which is enough of what was not among the first. */
  const foresee = (index: number, id: number, grows: boolean, known: Foreseen[]): void => {
    const bound = grows ? open.bound(index, rankings.bound(index, id)) : Number.NaN;
    if (bound < rankings.least(index)) rankings.foresee(index, id, bound);
    else foreseeRank(index, id, open.rank(index, columns.state(id, index)), known);
  };
  /** Kept apart if it may be among the first, or was: it is no bound then. */
  const foreseeRank = (index: number, id: number, own: number, known: Foreseen[]): void => {
    rankings.foresee(index, id, own);
    if (rankings.bound(index, id) >= rankings.least(index)) known.push({ index, id, rank: own });
  };

  const missing = await settle().catch((error: unknown) => {
    live.takers.delete(taken);
    throw error;
  });
  const window: Window = {
    metric,
    missing,
    range: () => range,
    stands: () => standing,
    rank,
    values(id) {
      let values = presented.get(id);
      if (values === undefined) {
        open.find(id, overlay, range);
        const states = open.states(columns.states(id));
        values = states && presentStates(metric, states);
        presented.set(id, values);
      }
      return values;
    },
    ranking: rankings.get,
    ranked: rankings.indexes,
    onRise: rankings.onRise,
    get groups() {
      return columns.groups;
    },
    async prepare(read, next) {
      prepared = null;
      if (read === followed && sameRange(next, range)) return;
      const moved = sameRange(next, range) ? new Map<number, Moved>() : await slide.to(range, next);
      if (moved === null) {
        standing = false;
        return;
      }
      const over = live.overlayOf(pending.with(read));
      const turns = startTurns();
      const crossed = crossedBy(over.parts, next);
      const alone = crossed.size === 0 && moved.size === 0;
      const own = changedBy(over.parts);
      const changed = alone ? own : new Set([...own, ...crossed, ...moved.keys()]);
      const ranked = rankings.indexes();
      const known: Foreseen[] = [];
      const grows = onlyGrows(over.parts);
      let looked = 0;
      for (const id of changed) {
        const of = moved.get(id);
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
      prepared = { read, range: next, moved, changed, ranked, known };
    },
    commit(read, next) {
      const ready = prepared?.read === read ? prepared : null;
      prepared = null;
      if (read === followed && sameRange(next, range)) return;
      // It came to stand while the others were prepared: it stays where it is until the next read.
      if (ready === null && !sameRange(next, range)) return;
      const parts = pending.with(read);
      const changed = ready?.changed ?? changedBy(parts);
      const known = [...(ready?.known ?? [])];
      if (ready) columns.replace(ready.moved);
      range = next;
      follow(parts);
      followed = read;
      // Rankings that were asked for since.
      for (const index of rankings.indexes()) {
        if (ready?.ranked.includes(index)) continue;
        for (const id of changed) foreseeRank(index, id, rank(id, index), known);
      }
      rankings.commit(known);
    },
    async tidy() {
      await columns.tidy();
      await pending.tidy((id, paneMs, states) => {
        if (inRange(paneMs, range)) columns.merge(id, states);
      });
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
  for (; (made ?? 0) < keys.size; made = (made ?? 0) + 1) mergeTaken(made ?? 0);
  made = null;
  // New keys get their numbers by it: what looks at every key finds them.
  follow(source.parts());
  stand(window);
  return window;
};
