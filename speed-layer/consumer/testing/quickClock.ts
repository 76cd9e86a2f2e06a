import type { Clock } from "../clock.js";

/** The process's time, many times as fast: for tests that wait for real servers and for leases to run out. */
export const quickClock = (factor: number): Clock => ({
  epochMs: () => Date.now(),
  elapsedMs: () => performance.now() * factor,
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms / factor);
    return () => clearTimeout(timer);
  },
});
