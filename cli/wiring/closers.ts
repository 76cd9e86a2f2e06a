/** What has been started, to be ended in the opposite order, all of it also where one part fails to end. */
export interface Closers {
  add(close: () => Promise<void>): void;
  /** @throws the first failure, after everything has been tried. */
  close(): Promise<void>;
}

export const createClosers = (): Closers => {
  const started: (() => Promise<void>)[] = [];
  return {
    add(close) {
      started.push(close);
    },
    async close() {
      const failures: unknown[] = [];
      for (let close = started.pop(); close; close = started.pop()) {
        await close().catch((error: unknown) => failures.push(error));
      }
      if (failures.length > 0) throw failures[0];
    },
  };
};
