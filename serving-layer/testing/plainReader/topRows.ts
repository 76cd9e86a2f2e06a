import type { GroupKey } from "@freshet/model";

/** A key with what it is ordered by. */
export interface Ranked {
  readonly key: GroupKey;
  readonly rank: number;
}

/** Greater ranks first, then lesser keys; what has no rank comes last. */
export const compareRanked = (a: Ranked, b: Ranked): number => {
  const byRank = (Number.isNaN(b.rank) ? -Infinity : b.rank) - (Number.isNaN(a.rank) ? -Infinity : a.rank);
  if (byRank !== 0 && !Number.isNaN(byRank)) return byRank;
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
};

/** The first `limit` in order, without sorting the rest: a heap whose root is the last of those kept. */
export const topRanked = (candidates: Iterable<Ranked>, limit: number): Ranked[] => {
  const heap: Ranked[] = [];
  const after = (i: number, j: number): boolean => compareRanked(heap[i] as Ranked, heap[j] as Ranked) > 0;
  const swap = (i: number, j: number): void => {
    [heap[i], heap[j]] = [heap[j] as Ranked, heap[i] as Ranked];
  };
  const raise = (start: number): void => {
    for (let at = start; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (!after(at, parent)) return;
      swap(at, parent);
      at = parent;
    }
  };
  const sink = (): void => {
    for (let at = 0; ; ) {
      let last = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < heap.length && after(child, last)) last = child;
      }
      if (last === at) return;
      swap(at, last);
      at = last;
    }
  };
  for (const candidate of candidates) {
    if (heap.length < limit) {
      heap.push(candidate);
      raise(heap.length - 1);
    } else if (compareRanked(candidate, heap[0] as Ranked) < 0) {
      heap[0] = candidate;
      sink();
    }
  }
  return heap.sort(compareRanked);
};
