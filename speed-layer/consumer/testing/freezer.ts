import type { Clock } from "../clock.js";

/** A process that can be stopped, as by SIGSTOP or a long collection of garbage: time goes on, its timers and answers wait. */
export interface Freezer {
  readonly clock: Clock;
  readonly isFrozen: boolean;
  freeze(): void;
  thaw(): void;
  /** What comes from outside reaches the process when it runs. */
  gated<T>(answer: Promise<T>): Promise<T>;
}

export const createFreezer = (world: Clock): Freezer => {
  let frozen = false;
  let waiting: (() => void)[] = [];
  const whenRunning = (run: () => void): void => {
    if (frozen) waiting.push(run);
    else run();
  };
  return {
    clock: {
      epochMs: () => world.epochMs(),
      elapsedMs: () => world.elapsedMs(),
      after: (ms, callback) => {
        let called = false;
        const cancel = world.after(ms, () =>
          whenRunning(() => {
            if (!called) callback();
          }),
        );
        return () => {
          called = true;
          cancel();
        };
      },
    },
    get isFrozen() {
      return frozen;
    },
    freeze: () => {
      frozen = true;
    },
    thaw: () => {
      frozen = false;
      const woken = waiting;
      waiting = [];
      for (const run of woken) run();
    },
    gated: (answer) =>
      new Promise((resolve, reject) => {
        answer.then(
          (value) => whenRunning(() => resolve(value)),
          (error) => whenRunning(() => reject(error)),
        );
      }),
  };
};
