/** Time as the consumer needs it: injected, so that a test can move it. */
export interface Clock {
  /** Milliseconds since 1970: for what other machines are told, never for deciding who owns a lease. */
  epochMs(): number;
  /** Milliseconds from any fixed start, never backwards. */
  elapsedMs(): number;
  /** Calls back once; the function that is returned calls it off. */
  after(ms: number, callback: () => void): () => void;
}

/** The process's own. */
export const systemClock = (): Clock => ({
  epochMs: () => Math.round(performance.timeOrigin + performance.now()),
  elapsedMs: () => performance.now(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
});

/** Resolves after `ms`, or at once when the signal says so. */
export const pause = (clock: Clock, ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = (): void => {
      cancel();
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const cancel = clock.after(ms, done);
    signal?.addEventListener("abort", done);
  });
