import type { Clock } from "@freshet/sdk";
import type { Turns } from "./batches.js";

/** An event may go this much before its turn, so that a fast replay does not wait for each one. */
const EARLY_MS = 10;

export const createTurns = (pacer: Turns["pacer"], clock: Clock, signal: AbortSignal | null): Turns => {
  const startedMs = clock.elapsedMs();
  return {
    pacer,
    epochMs: clock.epochMs,
    wait(dueMs) {
      if (dueMs === 0) return null;
      const leftMs = startedMs + dueMs - clock.elapsedMs();
      return leftMs > EARLY_MS ? sleepUnlessAborted(clock, leftMs, signal) : null;
    },
  };
};

const sleepUnlessAborted = (clock: Clock, ms: number, signal: AbortSignal | null): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const end = (): void => {
      cancel();
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const cancel = clock.after(ms, end);
    signal?.addEventListener("abort", end);
  });
