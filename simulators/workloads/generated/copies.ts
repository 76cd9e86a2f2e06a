/** An event that will arrive once more. */
export interface Copy {
  readonly dueMs: number;
  readonly event: Uint8Array;
  readonly partitionKey: string | null;
  readonly kind: "near" | "far" | "shard";
}

/** Copies that wait, by when they are due. */
export interface Copies {
  add(copy: Copy): void;
  /** Takes the first that is due by then. */
  takeDue(byMs: number): Copy | undefined;
}

/** A binary heap. */
export const createCopies = (): Copies => {
  const heap: Copy[] = [];
  const swap = (a: number, b: number): void => {
    const kept = heap[a] as Copy;
    heap[a] = heap[b] as Copy;
    heap[b] = kept;
  };
  const isBefore = (a: number, b: number): boolean => (heap[a] as Copy).dueMs < (heap[b] as Copy).dueMs;
  const sink = (): void => {
    for (let at = 0; ; ) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2])
        if (child < heap.length && isBefore(child, least)) least = child;
      if (least === at) return;
      swap(at, least);
      at = least;
    }
  };
  return {
    add(copy) {
      let at = heap.push(copy) - 1;
      for (let parent = (at - 1) >> 1; at > 0 && isBefore(at, parent); parent = (at - 1) >> 1) {
        swap(at, parent);
        at = parent;
      }
    },
    takeDue(byMs) {
      const first = heap[0];
      if (!first || first.dueMs > byMs) return undefined;
      const last = heap.pop() as Copy;
      if (heap.length > 0) {
        heap[0] = last;
        sink();
      }
      return first;
    },
  };
};
