/** Writes of one name, one after another. */
export interface WritesInOrder {
  /**
   * Runs `write` after those of the same name that were asked for before. When one fails, all that were asked for
   * before its failure was known fail with it: what takes effect is always a beginning of what was asked for.
   */
  run<T>(name: string, write: () => Promise<T>): Promise<T>;
}

export const createWritesInOrder = (): WritesInOrder => {
  const last = new Map<string, Promise<unknown>>();
  return {
    run(name, write) {
      const before = last.get(name);
      const own = before ? before.then(write) : write();
      last.set(name, own);
      const leave = (): void => {
        if (last.get(name) === own) last.delete(name);
      };
      own.then(leave, leave);
      return own;
    },
  };
};
