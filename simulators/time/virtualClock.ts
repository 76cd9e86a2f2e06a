import type { Clock } from "@freshet/sdk";

/** Time that moves only when told to; what is due runs in order of its time, then of its making. */
export interface VirtualClock extends Clock {
  /** Moves time on, running what falls due; between two timers everything that they set going is let finish. */
  advance(ms: number): Promise<void>;
  /** Lets finish what waits for no timer. */
  settle(): Promise<void>;
  /** How many timers wait. */
  waiting(): number;
}

interface Timer {
  readonly atMs: number;
  readonly order: number;
  readonly callback: () => void;
}

/** Turns of the event loop in which a chain of promises and streams comes to rest. */
const SETTLING_TURNS = 4;

export const createVirtualClock = (startEpochMs: number): VirtualClock => {
  let elapsedMs = 0;
  let made = 0;
  const timers = new Set<Timer>();
  const nextDue = (untilMs: number): Timer | undefined => {
    let first: Timer | undefined;
    for (const timer of timers) {
      if (timer.atMs > untilMs) continue;
      if (!first || timer.atMs < first.atMs || (timer.atMs === first.atMs && timer.order < first.order))
        first = timer;
    }
    return first;
  };
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < SETTLING_TURNS; turn++) await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    epochMs: () => startEpochMs + elapsedMs,
    elapsedMs: () => elapsedMs,
    after(ms, callback) {
      const timer: Timer = { atMs: elapsedMs + Math.max(0, ms), order: made++, callback };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    async advance(ms) {
      const untilMs = elapsedMs + ms;
      await settle();
      for (let timer = nextDue(untilMs); timer; timer = nextDue(untilMs)) {
        timers.delete(timer);
        elapsedMs = timer.atMs;
        timer.callback();
        await settle();
      }
      elapsedMs = untilMs;
    },
    settle,
    waiting: () => timers.size,
  };
};
