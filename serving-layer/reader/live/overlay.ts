import type { Group, Measure } from "@freshet/model";
import { type GroupsOf, NO_ID, type Part } from "./part.js";

/** The groups of some parts by key: a chain of entries for each, in no order. */
export interface Overlay {
  readonly parts: readonly Part[];
  /** The key's first entry; negative for none. */
  first(id: number): number;
  next(entry: number): number;
  group(entry: number): Group;
  part(entry: number): Part;
  /** A measure's rank of the entry alone, kept. */
  rank(entry: number, index: number, measure: Measure): number;
  /** Which of its part's groups it is. */
  place(entry: number): number;
}

const END = -1;

export const createOverlay = (parts: readonly Part[], groupsOf: GroupsOf): Overlay => {
  const heads = new Map<number, number>();
  const following: number[] = [];
  const groups: Group[] = [];
  const owners: number[] = [];
  const places: number[] = [];
  for (const [owner, { increment }] of parts.entries()) {
    const of = groupsOf(increment);
    if (of === null) continue;
    for (let at = 0; at < of.ids.length; at++) {
      const id = of.ids[at] as number;
      if (id === NO_ID) continue;
      following.push(heads.get(id) ?? END);
      heads.set(id, groups.length);
      groups.push(of.groups[at] as Group);
      owners.push(owner);
      places.push(at);
    }
  }
  const ranks: Float64Array[] = [];
  return {
    parts,
    rank(entry, index, measure) {
      const of = (ranks[index] ??= new Float64Array(groups.length).fill(Number.NaN));
      let rank = of[entry] as number;
      if (Number.isNaN(rank)) {
        rank = measure.rank((groups[entry] as Group).states[index]);
        of[entry] = rank;
      }
      return rank;
    },
    first: (id) => heads.get(id) ?? END,
    next: (entry) => following[entry] as number,
    group: (entry) => groups[entry] as Group,
    part: (entry) => parts[owners[entry] as number] as Part,
    place: (entry) => places[entry] as number,
  };
};

export const NO_OVERLAY: Overlay = createOverlay([], () => null);
