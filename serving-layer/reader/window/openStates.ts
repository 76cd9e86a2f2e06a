import { type GroupStates, type Measure, rankTogether, together, type TimeRange } from "@freshet/model";
import { NO_OVERLAY, type Overlay } from "../live/overlay.js";
import { inRange } from "../live/part.js";
import type { Pending } from "./pending.js";

/** What one key has beside a window's columns: in parts that are not in them. */
export interface OpenStates {
  /** Looks a key up; all else is about the key that was looked up last. */
  find(id: number, over: Overlay, within: TimeRange): void;
  /** Nothing was found. */
  empty(): boolean;
  /** A measure's rank of what the columns hold, undefined for nothing, together with what was found; NaN for nothing at all. */
  rank(index: number, base: unknown): number;
  /** A bound of the rank that was known together with what was found; NaN where there can be none. */
  bound(index: number, known: number): number;
  /** The key's states, good until the next call; null for nothing at all. */
  states(base: GroupStates | null): GroupStates | null;
}

export const createOpenStates = (measures: readonly Measure[], pending: Pending): OpenStates => {
  // Both are used again by the next key.
  const found: number[] = [];
  const some: unknown[] = [];
  let overlay: Overlay = NO_OVERLAY;
  return {
    find(id, over, within) {
      overlay = over;
      found.length = 0;
      for (let entry = over.first(id); entry >= 0; entry = over.next(entry)) {
        if (inRange(over.group(entry).paneMs, within) && !pending.isTidy(over, entry)) found.push(entry);
      }
    },
    empty: () => found.length === 0,
    rank(index, base) {
      const measure = measures[index] as Measure;
      if (found.length === 0) return base === undefined ? Number.NaN : measure.rank(base);
      if (found.length === 1 && base === undefined) return overlay.rank(found[0] as number, index, measure);
      some.length = 0;
      if (base !== undefined) some.push(base);
      for (const entry of found) some.push(overlay.group(entry).states[index]);
      return rankTogether(measure, some);
    },
    bound(index, known) {
      const { rankBound } = measures[index] as Measure;
      if (!rankBound || Number.isNaN(known)) return Number.NaN;
      let bound = known;
      for (const entry of found) bound = rankBound(bound, overlay.group(entry).states[index]);
      return bound;
    },
    states(base) {
      if (base === null && found.length === 0) return null;
      return measures.map((measure, index) => {
        const open = found.map((entry) => overlay.group(entry).states[index]);
        return together(measure, base === null ? open : [base[index], ...open]);
      });
    },
  };
};
