import type { Selection } from "./selection.js";

const BLOCK_BITS = 8;
const BLOCK = 1 << BLOCK_BITS;
const CAPACITY = 1 << 12;

/** The key's own rank, of which the number kept is an upper bound, or NaN to pass it over; it may lower that number. */
export type Refine = (id: number, bound: number) => number;

/** A number for each key, which finds the greatest of them without looking at all. */
export interface Ranks {
  /** NaN: the key has none. */
  at(id: number): number;
  set(id: number, rank: number): void;
  /** Offers what can be among the first, the greatest first or nearly so. */
  select(selection: Selection, refine: Refine): void;
  /** The same step by step: what waits may run in between, and change ranks. */
  steps(selection: Selection, refine: Refine): Iterator<void>;
}

/*
 * `values[id]`, and for each block of them `most`: never less than the greatest; exact again after each look into the block. NaN: the
 * block has none.
 */
export const createRanks = (): Ranks => {
  let values = new Float64Array(CAPACITY).fill(Number.NaN);
  let most = new Float64Array(CAPACITY >> BLOCK_BITS).fill(Number.NaN);

  const grow = (id: number): void => {
    let capacity = values.length;
    while (capacity <= id) capacity *= 2;
    const larger = new Float64Array(capacity).fill(Number.NaN);
    larger.set(values);
    values = larger;
    const blocks = new Float64Array(capacity >> BLOCK_BITS).fill(Number.NaN);
    blocks.set(most);
    most = blocks;
  };

  const lookInto = (block: number, selection: Selection, refine: Refine): void => {
    let greatest = Number.NaN;
    const end = (block + 1) * BLOCK;
    for (let id = block * BLOCK; id < end; id++) {
      const bound = values[id] as number;
      if (bound >= selection.least()) {
        const rank = refine(id, bound);
        if (!Number.isNaN(rank)) selection.offer(id, rank);
      }
      const kept = values[id] as number;
      if (!(greatest >= kept) && !Number.isNaN(kept)) greatest = kept;
    }
    most[block] = greatest;
  };

  function* steps(selection: Selection, refine: Refine): Generator<void> {
    const blocks = heapOf(most);
    for (let block = blocks.next(); block >= 0; block = blocks.next()) {
      if (!((most[block] as number) >= selection.least())) return;
      lookInto(block, selection, refine);
      yield;
    }
  }

  return {
    at: (id) => values[id] ?? Number.NaN,
    set(id, rank) {
      if (id >= values.length) {
        if (Number.isNaN(rank)) return;
        grow(id);
      }
      values[id] = rank;
      const block = id >> BLOCK_BITS;
      if (!((most[block] as number) >= rank) && !Number.isNaN(rank)) most[block] = rank;
    },
    steps,
    select(selection, refine) {
      const looks = steps(selection, refine);
      while (!looks.next().done);
    },
  };
};

/** Indexes by falling value, as they stood; NaN is left out. -1 at the end. */
const heapOf = (values: Float64Array): { next(): number } => {
  const heap = new Int32Array(values.length);
  const order = values.slice();
  let size = 0;
  for (let index = 0; index < values.length; index++) {
    if (!Number.isNaN(values[index])) heap[size++] = index;
  }
  const valueAt = (at: number): number => order[heap[at] as number] as number;
  const sink = (start: number): void => {
    const index = heap[start] as number;
    const value = order[index] as number;
    let at = start;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      if (child + 1 < size && valueAt(child + 1) > valueAt(child)) child++;
      if (valueAt(child) <= value) break;
      heap[at] = heap[child] as number;
      at = child;
    }
    heap[at] = index;
  };
  for (let at = (size >> 1) - 1; at >= 0; at--) sink(at);
  return {
    next() {
      if (size === 0) return -1;
      const first = heap[0] as number;
      size--;
      if (size > 0) {
        heap[0] = heap[size] as number;
        sink(0);
      }
      return first;
    },
  };
};
