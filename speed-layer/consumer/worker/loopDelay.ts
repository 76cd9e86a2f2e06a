import type { Clock } from "../clock.js";

const SAMPLE_EVERY_MS = 20;
/** Of the last minute, where the loop is free. */
const SAMPLES_MAX = 3_000;
const HIGH = 0.99;

/** For how long the event loop let due work wait: what a reply of many megabytes costs everybody else in the process. */
export interface LoopDelay {
  readonly p99Ms: number;
  readonly maxMs: number;
}

export interface LoopWatch {
  read(): LoopDelay;
  stop(): void;
}

export const watchLoop = (clock: Clock): LoopWatch => {
  const delays: number[] = [];
  let next = 0;
  let cancel = (): void => {};
  const sample = (): void => {
    const dueMs = clock.elapsedMs() + SAMPLE_EVERY_MS;
    cancel = clock.after(SAMPLE_EVERY_MS, () => {
      delays[next] = Math.max(0, clock.elapsedMs() - dueMs);
      next = (next + 1) % SAMPLES_MAX;
      sample();
    });
  };
  sample();
  return {
    read() {
      const sorted = delays.toSorted((a, b) => a - b);
      return { p99Ms: sorted[Math.floor(sorted.length * HIGH)] ?? 0, maxMs: sorted.at(-1) ?? 0 };
    },
    stop: () => cancel(),
  };
};
