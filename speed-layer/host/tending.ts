/** Repeats a task, at once when woken, until it is stopped. */
export interface Tending {
  wake(): void;
  /** Resolves when the task no longer runs. */
  stop(): Promise<void>;
}

/** @param onFailure told when the task fails; it is not repeated then */
export const tendEvery = (
  afterMs: number,
  task: () => Promise<void>,
  onFailure: (error: unknown) => void,
): Tending => {
  let over = false;
  let woken = false;
  let wakeUp: () => void = () => undefined;

  const rest = (): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, woken ? 0 : afterMs);
      wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const run = async (): Promise<void> => {
    while (!over) {
      woken = false;
      await task();
      if (!over) await rest();
    }
  };
  const running = run().catch(onFailure);
  const wake = (): void => {
    woken = true;
    wakeUp();
  };
  return {
    wake,
    stop() {
      over = true;
      wake();
      return running;
    },
  };
};
