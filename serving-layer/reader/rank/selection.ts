import type { GroupKey } from "@freshet/model";

/** A key's number with what it is ordered by. */
export interface Ranked {
  readonly id: number;
  readonly rank: number;
}

/** The first `limit` of what is offered: greater ranks first, then lesser keys. */
export interface Selection {
  offer(id: number, rank: number): void;
  /** What ranks below is not among the first; -Infinity while there is room. */
  least(): number;
  /** In order. */
  rows(): readonly Ranked[];
}

/** A heap whose root is the last of those kept. */
export const createSelection = (limit: number, keyOf: (id: number) => GroupKey): Selection => {
  const heap: Ranked[] = [];
  /** As a sort compares. Equal ranks may be infinite. */
  const compare = (a: Ranked, b: Ranked): number => {
    if (a.rank !== b.rank) return a.rank > b.rank ? -1 : 1;
    const [keyA, keyB] = [keyOf(a.id), keyOf(b.id)];
    return keyA < keyB ? -1 : keyA > keyB ? 1 : 0;
  };
  const after = (i: number, j: number): boolean => compare(heap[i] as Ranked, heap[j] as Ranked) > 0;
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
  return {
    offer(id, rank) {
      const offered = { id, rank };
      if (heap.length < limit) {
        heap.push(offered);
        raise(heap.length - 1);
      } else if (compare(offered, heap[0] as Ranked) < 0) {
        heap[0] = offered;
        sink();
      }
    },
    least: () => (heap.length < limit ? Number.NEGATIVE_INFINITY : (heap[0] as Ranked).rank),
    rows: () => [...heap].sort(compare),
  };
};
