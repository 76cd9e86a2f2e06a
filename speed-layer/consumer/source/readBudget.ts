export interface ReadBudgetLimits {
  /** Of all that the worker has read ahead. What is on the way is not known, and comes on top; so does what a shard reads that has nothing. */
  readonly bytesMax: number;
  /** On the way at once: each may bring 10 MiB. */
  readonly readsMax: number;
}

/** What the shards of one worker share: memory, and the time of its one thread. */
export interface ReadBudget {
  /**
   * Resolves when a read may begin; `done` is to be called when it is over. Who has nothing lying there is not kept waiting by
   * what lies there for others.
   */
  begin(hasNothing: boolean): Promise<{ done(): void }>;
  /** More or less is held. */
  hold(bytes: number): void;
}

export const createReadBudget = ({ bytesMax, readsMax }: ReadBudgetLimits): ReadBudget => {
  let queue: { readonly hasNothing: boolean; readonly start: () => void }[] = [];
  let bytes = 0;
  let reads = 0;
  const admit = (): void => {
    const kept: typeof queue = [];
    for (const waiting of queue) {
      if (reads >= readsMax || (bytes >= bytesMax && !waiting.hasNothing)) kept.push(waiting);
      else {
        reads++;
        waiting.start();
      }
    }
    queue = kept;
  };
  const turn = (): { done(): void } => {
    let isOver = false;
    return {
      done: () => {
        if (isOver) return;
        isOver = true;
        reads--;
        admit();
      },
    };
  };
  return {
    begin: (hasNothing) =>
      new Promise((resolve) => {
        queue.push({ hasNothing, start: () => resolve(turn()) });
        admit();
      }),
    hold: (delta) => {
      bytes += delta;
      if (delta < 0) admit();
    },
  };
};
