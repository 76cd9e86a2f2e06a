/** One caller at a time, in the order of asking. */
export interface Turns {
  take<T>(action: () => Promise<T>): Promise<T>;
  /** Takes a turn that lasts until `release`; meanwhile `take` and `hold` fail, since waiting inside it would never end. */
  hold(): Promise<() => void>;
  /** Runs `action` after what is under way; afterwards nothing is let in. */
  end(action: () => Promise<void>): Promise<void>;
}

export const createTurns = (): Turns => {
  let last: Promise<unknown> = Promise.resolve();
  let held = false;
  let ended = false;
  const refuse = (): Error | null => {
    if (ended) return new Error("the DuckDB connection is closed");
    if (held)
      return new Error("a stream is open on this DuckDB connection: finish it, or `connect()` another");
    return null;
  };
  const queue = <T>(action: () => Promise<T>): Promise<T> => {
    const turn = last.then(action);
    last = turn.catch(() => {});
    return turn;
  };
  return {
    take(action) {
      const refusal = refuse();
      return refusal ? Promise.reject(refusal) : queue(action);
    },
    async hold() {
      const refusal = refuse();
      if (refusal) throw refusal;
      let release = (): void => {};
      const released = new Promise<void>((resolve) => {
        release = () => {
          held = false;
          resolve();
        };
      });
      held = true;
      await new Promise<void>((resolve) => {
        void queue(async () => {
          resolve();
          await released;
        });
      });
      return release;
    },
    async end(action) {
      if (ended) return;
      if (held) throw new Error("a stream is open on this DuckDB connection: finish it before closing");
      ended = true;
      await queue(action);
    },
  };
};
