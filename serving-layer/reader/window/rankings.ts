import { createRanks, type Ranks } from "../rank/ranks.js";
import type { StartTurns } from "../turns.js";

/** Ranks of a window's keys by each measure that was asked for. */
export interface Rankings {
  /** Reckoned in turns when it is first asked for. */
  get(index: number): Promise<Ranks>;
  /** Measures that it has ranks of. */
  indexes(): number[];
  /** Those of a measure, ready or not. */
  of(index: number): Ranks;
  set(index: number, id: number, rank: number): void;
  /** Told of keys whose rank by a measure has risen. */
  onRise(index: number, risen: (id: number) => void): () => void;
}

export const createRankings = (
  size: () => number,
  rank: (id: number, index: number) => number,
  startTurns: StartTurns,
): Rankings => {
  const rankings = new Map<number, { readonly ranks: Ranks; readonly ready: Promise<Ranks> }>();
  const risers = new Map<number, Set<(id: number) => void>>();

  const fill = async (ranks: Ranks, index: number): Promise<Ranks> => {
    const turns = startTurns();
    for (let id = 0; id < size(); id++) {
      ranks.set(id, rank(id, index));
      if (turns.due()) await turns.next();
    }
    return ranks;
  };
  const of = (index: number): Ranks => {
    const known = rankings.get(index);
    if (!known) throw new Error(`no ranks by measure ${index}`);
    return known.ranks;
  };
  return {
    get(index) {
      const known = rankings.get(index);
      if (known) return known.ready;
      const ranks = createRanks();
      const ready = fill(ranks, index);
      rankings.set(index, { ranks, ready });
      return ready;
    },
    indexes: () => [...rankings.keys()],
    of,
    set(index, id, value) {
      const ranks = of(index);
      const before = ranks.at(id);
      ranks.set(id, value);
      if (value <= before || Number.isNaN(value)) return;
      for (const risen of risers.get(index) ?? []) risen(id);
    },
    onRise(index, risen) {
      const of = risers.get(index) ?? new Set();
      risers.set(index, of.add(risen));
      return () => of.delete(risen);
    },
  };
};
