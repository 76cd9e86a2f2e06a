import type { LiveMetric } from "../live/livePanes.js";
import type { Overlay } from "../live/overlay.js";
import { NO_ID, type Part } from "../live/part.js";
import type { StartTurns } from "../turns.js";

/** Groups that are put in their place before it is asked whether the turn has taken long enough. */
const GROUPS_BETWEEN_LOOKS = 16;

/** Parts that were taken and are not in a window's columns yet, and how far those are that are being put there. */
export interface Pending {
  add(part: Part): void;
  /** Before a read: what a window has beside its columns. */
  with(read: readonly Part[]): readonly Part[];
  /** Whether an overlay's entry is in the columns. */
  isTidy(over: Overlay, entry: number): boolean;
  /** Whether the part is in the columns, of those that the overlay holds. */
  wasTidied(name: string): boolean;
  /** The overlay is another one: it holds nothing that is in the columns. */
  followed(): void;
  /** Puts all of them into the columns, in turns. */
  tidy(put: (id: number, paneMs: number, states: readonly unknown[]) => void): Promise<void>;
}

export const createPending = (live: LiveMetric, startTurns: StartTurns): Pending => {
  const parts: Part[] = [];
  const tidied = new Set<string>();
  /** The part that is being put there, and how many of its groups are. */
  let tidying: { readonly name: string; groups: number } | null = null;
  return {
    add: (part) => void parts.push(part),
    with: (read) => (parts.length === 0 ? read : [...parts, ...read]),
    isTidy(over, entry) {
      if (tidied.size === 0 && tidying === null) return false;
      const { name } = over.part(entry);
      return tidied.has(name) || (tidying?.name === name && over.place(entry) < tidying.groups);
    },
    wasTidied: (name) => tidied.has(name),
    followed: () => tidied.clear(),
    async tidy(put) {
      const turns = startTurns();
      for (let part = parts[0]; part !== undefined; part = parts[0]) {
        const { name, increment } = part;
        tidying = { name, groups: 0 };
        const of = live.groupsOf(increment);
        for (let at = 0; of !== null && at < of.groups.length; at++) {
          const id = of.ids[at] as number;
          const group = of.groups[at];
          if (id !== NO_ID && group) put(id, group.paneMs, group.states);
          tidying.groups = at + 1;
          if (at % GROUPS_BETWEEN_LOOKS === 0 && turns.due()) await turns.next();
        }
        tidied.add(name);
        tidying = null;
        parts.shift();
      }
    },
  };
};
