/** How many writes share a commit at most. */
const WRITES_PER_COMMIT_MAX = 4_096;

interface Write {
  readonly action: () => unknown;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Writes that take effect in the order in which they are asked for; those that wait together share a commit. */
export interface OrderedWrites {
  /**
   * Runs `action` in a transaction. When a write fails, all that were asked for before its failure was known fail with
   * it: what has taken effect is always a beginning of what was asked for.
   */
  write<T>(action: () => T): Promise<T>;
}

interface Outcome {
  readonly results: readonly unknown[];
  readonly failure: { readonly error: unknown } | null;
}

/** Inside the transaction: stops at the first that throws, which has changed nothing. */
const runInOrder = (writes: readonly Write[]): Outcome => {
  const results: unknown[] = [];
  for (const { action } of writes) {
    try {
      results.push(action());
    } catch (error) {
      return { results, failure: { error } };
    }
  }
  return { results, failure: null };
};

/** @param transact Runs its argument and commits, or throws and has changed nothing. */
export const createOrderedWrites = (transact: (action: () => Outcome) => Promise<Outcome>): OrderedWrites => {
  let waiting: Write[] = [];
  let running = false;

  const run = async (): Promise<void> => {
    running = true;
    while (waiting.length > 0) {
      const batch = waiting.slice(0, WRITES_PER_COMMIT_MAX);
      waiting = waiting.slice(batch.length);
      const { results, failure } = await transact(() => runInOrder(batch)).catch(
        (error: unknown): Outcome => ({ results: [], failure: { error } }),
      );
      for (const [index, result] of results.entries()) batch[index]?.resolve(result);
      if (!failure) continue;
      const lost = [...batch.slice(results.length), ...waiting];
      waiting = [];
      for (const write of lost) write.reject(failure.error);
    }
    running = false;
  };

  return {
    write: <T>(action: () => T) =>
      new Promise<T>((resolve, reject) => {
        waiting.push({ action, resolve: resolve as (result: unknown) => void, reject });
        if (!running) void run();
      }),
  };
};
