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
  /** Before a commit: what the key's rank will be with it, or a bound of that. Until then what is kept is a bound of both. */
  foresee(index: number, id: number, rank: number): void;
  /** What was foreseen stands. @param known ranks that were foreseen, and are no bounds */
  commit(known: readonly Foreseen[]): void;
  /** Told of keys whose bound by a measure has risen. */
  onRise(index: number, risen: (id: number) => void): () => void;
}

/** A key's rank after the next commit. */
export interface Foreseen {
  readonly index: number;
  readonly id: number;
  readonly rank: number;
}

interface Kept {
  readonly ranks: Ranks;
  readonly loose: Looseness;
  least: number;
  leastSince: number;
}

/** Whether the number that is kept of a key is a bound: a byte a key, with the commit that it was foreseen for. */
interface Looseness {
  has(id: number): boolean;
  /** A bound until the next commit at least. */
  isForeseen(id: number): boolean;
  foresee(id: number): void;
  clear(id: number): void;
  committed(): void;
}

/** A commit so many later is taken for the same one: a rank is reckoned again that need not be. */
const COMMITS_KNOWN = 255;

const createLooseness = (): Looseness => {
  let marks = new Uint8Array(0);
  let coming = 1;
  return {
    has: (id) => (marks[id] ?? 0) !== 0,
    isForeseen: (id) => marks[id] === coming,
    foresee(id) {
      if (id >= marks.length) {
        const larger = new Uint8Array(Math.max(marks.length * 2, id + 1));
        larger.set(marks);
        marks = larger;
      }
      marks[id] = coming;
    },
    clear(id) {
      if (id < marks.length) marks[id] = 0;
    },
    committed() {
      coming = (coming % COMMITS_KNOWN) + 1;
    },
  };
};

/** NaN is below all. */
const isAbove = (rank: number, other: number): boolean => !(rank <= other) && !Number.isNaN(rank);

export const createRankings = (
  size: () => number,
  rank: (id: number, index: number) => number,
  startTurns: StartTurns,
): Rankings => {
  const kept = new Map<number, Kept>();
  const ready = new Map<number, Promise<Ranking>>();
  const risers = new Map<number, Set<(id: number) => void>>();

  const fill = async (index: number, ranking: Ranking): Promise<Ranking> => {
    const turns = startTurns();
    for (let id = 0; id < size(); id++) {
      reckon(of(index), index, id);
      if (turns.due()) await turns.next();
    }
    return ranking;
  };
  const of = (index: number): Kept => {
    const known = kept.get(index);
    if (!known) throw new Error(`no ranking by measure ${index}`);
    return known;
  };
  /** The rank as it stands, which is kept unless another one is foreseen: a bound is not lowered then. */
  const reckon = ({ ranks, loose }: Kept, index: number, id: number): number => {
    const own = rank(id, index);
    if (!loose.isForeseen(id)) {
      loose.clear(id);
      ranks.set(id, own);
    } else if (isAbove(own, ranks.at(id))) ranks.set(id, own);
    return own;
  };
  const rankOf = (index: number, id: number): number => {
    const kept = of(index);
    return kept.loose.has(id) ? reckon(kept, index, id) : kept.ranks.at(id);
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
      const known = ready.get(index);
      if (known) return known;
      const ranks = createRanks();
      const ranking = rankingOf(index, ranks);
      const least = Number.POSITIVE_INFINITY;
      kept.set(index, { ranks, loose: createLooseness(), least, leastSince: least });
      const filled = fill(index, ranking);
      ready.set(index, filled);
      return filled;
    },
    indexes: () => [...kept.keys()],
    bound: (index, id) => of(index).ranks.at(id),
    least: (index) => of(index).least,
    foresee(index, id, foreseen) {
      const { ranks, loose } = of(index);
      loose.foresee(id);
      if (!isAbove(foreseen, ranks.at(id))) return;
      ranks.set(id, foreseen);
      for (const risen of risers.get(index) ?? []) risen(id);
    },
    commit(known) {
      for (const each of kept.values()) {
        each.loose.committed();
        if (each.leastSince === Number.POSITIVE_INFINITY) continue;
        each.least = each.leastSince;
        each.leastSince = Number.POSITIVE_INFINITY;
      }
      for (const { index, id, rank: own } of known) {
        const { ranks, loose } = of(index);
        ranks.set(id, own);
        loose.clear(id);
      }
    },
    onRise(index, risen) {
      const standing = risers.get(index) ?? new Set();
      risers.set(index, standing.add(risen));
      return () => standing.delete(risen);
    },
  };
};
