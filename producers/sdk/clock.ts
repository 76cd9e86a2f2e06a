export interface Clock {
  /** Milliseconds since 1970, for events' `time`. */
  epochMs(): number;
  /** Never goes back; for waiting. */
  elapsedMs(): number;
  /** Calls back once after `ms`; the result cancels it. */
  after(ms: number, callback: () => void): () => void;
}

export const systemClock: Clock = {
  epochMs: () => Date.now(),
  elapsedMs: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};
