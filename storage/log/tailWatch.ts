/** How soon an append by another thread or process is noticed. */
const POLL_MS = 10;

export interface TailWatch {
  /** Call after an own append. */
  notify(): void;
  wait(timeoutMs: number): Promise<void>;
  close(): void;
}

/**
 * Wakes those who wait when `tail` has changed. What was appended since the last `wait` returned makes the next one
 * return at once, so a loop that reads and then waits misses nothing.
 */
export const createTailWatch = (tail: () => number): TailWatch => {
  const waiting = new Set<() => void>();
  let seen = tail();
  let poll: NodeJS.Timeout | null = null;

  const stop = (): void => {
    if (poll) clearInterval(poll);
    poll = null;
  };
  const changed = (): boolean => {
    const now = tail();
    if (now === seen) return false;
    seen = now;
    for (const wake of waiting) wake();
    return true;
  };
  return {
    notify() {
      if (waiting.size > 0) changed();
    },
    wait(timeoutMs) {
      if (changed()) return Promise.resolve();
      return new Promise((resolve) => {
        const done = (): void => {
          clearTimeout(timer);
          waiting.delete(done);
          if (waiting.size === 0) stop();
          resolve();
        };
        const timer = setTimeout(done, timeoutMs);
        waiting.add(done);
        poll ??= setInterval(changed, POLL_MS);
      });
    },
    close() {
      for (const wake of waiting) wake();
    },
  };
};
