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
  /**
   * What was foreseen stands.
   *
   * @param foreseen measures it was foreseen of; of others the ranks of what changed are reckoned now
   * @param known ranks that were foreseen, and are no bounds
   */
  commit(foreseen: readonly number[], changed: Iterable<number>, known: readonly Foreseen[]): void;
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
  /** Not every key's rank is known yet. */
  filling: boolean;
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
  /** Some ranks of a key, for who asks for all keys. */
  ranksOnce: (id: number, indexes: readonly number[]) => readonly number[],
  startTurns: StartTurns,
): Rankings => {
  const kept = new Map<number, Kept>();
  const ready = new Map<number, Promise<Ranking>>();
  const risers = new Map<number, Set<(id: number) => void>>();

  /** One pass for all that were asked for since the last; those that are asked for in the meantime wait for the next. */
  let filled: Promise<void> | null = null;
  /** Commits of which some ranking does not know what changed: a pass that one came into is made again. */
  let missed = 0;
  const fillAll = async (): Promise<void> => {
    const turns = startTurns();
    await turns.next();
    for (;;) {
      const indexes = [...kept.keys()].filter((index) => of(index).filling);
      if (indexes.length === 0) break;
      const before = missed;
      for (let id = 0; id < size() && missed === before; id++) {
        const ranks = ranksOnce(id, indexes);
        for (let at = 0; at < indexes.length; at++) keep(of(indexes[at] as number), id, ranks[at] as number);
        if (turns.due()) await turns.next();
      }
      if (missed === before) for (const index of indexes) of(index).filling = false;
    }
    filled = null;
  };
  const fill = async (index: number, ranking: Ranking): Promise<Ranking> => {
    while (of(index).filling) await (filled ??= fillAll());
    return ranking;
  };
  const of = (index: number): Kept => {
    const known = kept.get(index);
    if (!known) throw new Error(`no ranking by measure ${index}`);
    return known;
  };
  /** The rank as it stands is kept unless another one is foreseen: a bound is not lowered then. */
  const keep = ({ ranks, loose }: Kept, id: number, own: number): void => {
    if (!loose.isForeseen(id)) {
      loose.clear(id);
      ranks.set(id, own);
    } else if (isAbove(own, ranks.at(id))) ranks.set(id, own);
  };
  const rankOf = (index: number, id: number): number => {
    const { ranks, loose } = of(index);
    if (!loose.has(id)) return ranks.at(id);
    const own = rank(id, index);
    keep(of(index), id, own);
    return own;
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
  const foresee = (index: number, id: number, foreseen: number): void => {
    const { ranks, loose } = of(index);
    loose.foresee(id);
    if (!isAbove(foreseen, ranks.at(id))) return;
    ranks.set(id, foreseen);
    for (const risen of risers.get(index) ?? []) risen(id);
  };
  return {
    get(index) {
      const known = ready.get(index);
      if (known) return known;
      const ranks = createRanks();
      const ranking = rankingOf(index, ranks);
      const least = Number.POSITIVE_INFINITY;
      kept.set(index, { ranks, loose: createLooseness(), least, leastSince: least, filling: true });
      const made = fill(index, ranking);
      ready.set(index, made);
      return made;
    },
    indexes: () => [...kept.keys()],
    bound: (index, id) => of(index).ranks.at(id),
    least: (index) => of(index).least,
    foresee,
    commit(foreseen, changed, known) {
      for (const [index, each] of kept) {
        if (!foreseen.includes(index)) {
          if (each.filling) missed++;
          else for (const id of changed) foresee(index, id, rank(id, index));
        }
        each.loose.committed();
        if (each.leastSince === Number.POSITIVE_INFINITY) continue;
        each.least = each.leastSince;
        each.leastSince = Number.POSITIVE_INFINITY;
      }
      for (const { index, id, rank: own } of known) keep(of(index), id, own);
    },
    onRise(index, risen) {
      const standing = risers.get(index) ?? new Set();
      risers.set(index, standing.add(risen));
      return () => standing.delete(risen);
    },
  };
};
