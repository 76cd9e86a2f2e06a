import { createRanks, type Ranks } from "../rank/ranks.js";
import type { Selection } from "../rank/selection.js";
import type { StartTurns } from "../turns.js";

/** A window's keys by one measure: most are known by a bound alone, and reckoned when they can be among what is asked for. */
export interface Ranking {
  /** Never less than the key's rank; NaN where the window has none of it. */
  bound(id: number): number;
  rank(id: number): number;
  /** Offers what can be among the first, of some keys where they are given. */
  select(selection: Selection, ids: readonly number[] | null): void;
}

/** Rankings by each measure that was asked for. */
export interface Rankings {
  /** Reckoned in turns when it is first asked for. */
  get(index: number): Promise<Ranking>;
  /** Measures that it has rankings of. */
  indexes(): number[];
  bound(index: number, id: number): number;
  /** What ranks below was not among the first since the commit before. */
  least(index: number): number;
  /** @param loose the rank is a bound */
  set(index: number, id: number, rank: number, loose: boolean): void;
  committed(): void;
  /** Told of keys whose bound by a measure has risen. */
  onRise(index: number, risen: (id: number) => void): () => void;
}

interface Kept {
  readonly ranks: Ranks;
  readonly loose: Flags;
  readonly ranking: Ranking;
  readonly ready: Promise<Ranking>;
  least: number;
  leastSince: number;
}

/** A yes or no for each key; no where nothing was said. */
interface Flags {
  has(id: number): boolean;
  set(id: number, flag: boolean): void;
}

const createFlags = (): Flags => {
  let flags = new Uint8Array(0);
  return {
    has: (id) => flags[id] === 1,
    set(id, flag) {
      if (id >= flags.length) {
        if (!flag) return;
        const larger = new Uint8Array(Math.max(flags.length * 2, id + 1));
        larger.set(flags);
        flags = larger;
      }
      flags[id] = flag ? 1 : 0;
    },
  };
};

export const createRankings = (
  size: () => number,
  rank: (id: number, index: number) => number,
  startTurns: StartTurns,
): Rankings => {
  const kept = new Map<number, Kept>();
  const risers = new Map<number, Set<(id: number) => void>>();

  const fill = async (ranks: Ranks, index: number, ranking: Ranking): Promise<Ranking> => {
    const turns = startTurns();
    for (let id = 0; id < size(); id++) {
      ranks.set(id, rank(id, index));
      if (turns.due()) await turns.next();
    }
    return ranking;
  };
  const of = (index: number): Kept => {
    const known = kept.get(index);
    if (!known) throw new Error(`no ranking by measure ${index}`);
    return known;
  };
  const rankOf = (index: number, id: number): number => {
    const { ranks, loose } = of(index);
    if (loose.has(id)) {
      loose.set(id, false);
      ranks.set(id, rank(id, index));
    }
    return ranks.at(id);
  };
  const rankingOf = (index: number, ranks: Ranks): Ranking => ({
    bound: ranks.at,
    rank: (id) => rankOf(index, id),
    select(selection, ids) {
      if (ids === null) ranks.select(selection, (id) => rankOf(index, id));
      else {
        for (const id of ids) {
          if (!(ranks.at(id) >= selection.least())) continue;
          const own = rankOf(index, id);
          if (own >= selection.least()) selection.offer(id, own);
        }
      }
      const standing = of(index);
      standing.leastSince = Math.min(standing.leastSince, selection.least());
    },
  });
  return {
    get(index) {
      const known = kept.get(index);
      if (known) return known.ready;
      const ranks = createRanks();
      const ranking = rankingOf(index, ranks);
      const least = Number.POSITIVE_INFINITY;
      const ready = fill(ranks, index, ranking);
      kept.set(index, { ranks, loose: createFlags(), ranking, ready, least, leastSince: least });
      return ready;
    },
    indexes: () => [...kept.keys()],
    bound: (index, id) => of(index).ranks.at(id),
    least: (index) => of(index).least,
    set(index, id, value, isLoose) {
      const { ranks, loose } = of(index);
      const before = ranks.at(id);
      ranks.set(id, value);
      loose.set(id, isLoose);
      if (value <= before || Number.isNaN(value)) return;
      for (const risen of risers.get(index) ?? []) risen(id);
    },
    committed() {
      for (const each of kept.values()) {
        if (each.leastSince === Number.POSITIVE_INFINITY) continue;
        each.least = each.leastSince;
        each.leastSince = Number.POSITIVE_INFINITY;
      }
    },
    onRise(index, risen) {
      const standing = risers.get(index) ?? new Set();
      risers.set(index, standing.add(risen));
      return () => standing.delete(risen);
    },
  };
};
