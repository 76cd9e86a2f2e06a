import type { Clock } from "../clock.js";
import { fractionOf, type RandomBytes } from "../id.js";
import { type RetrySettings, retryDelayMs } from "../retry.js";
import type { Spool } from "./spool.js";

export interface DrainPorts {
  readonly spool: Spool;
  /** Hands entries on, and says which have to go again; a throw: all of them. */
  readonly deliver: (entries: readonly Uint8Array[]) => Promise<Undelivered>;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly retry?: RetrySettings;
}

export interface Undelivered {
  readonly entries: readonly Uint8Array[];
  readonly afterMs: number | null;
}

/** Empties a spool, oldest first, for as long as it takes. After a crash a segment may be handed on once more. */
export interface Drain {
  /** There is something, or may be. */
  wake(): void;
  /** Resolves when there is nothing left. */
  empty(): Promise<void>;
  /** Resolves when it has come to rest; what is left stays on disk. */
  stop(): Promise<void>;
}

const RETRY: RetrySettings = { retryBaseMs: 200, retryMaxMs: 10_000 };

export const startDrain = ({ spool, deliver, clock, random, retry = RETRY }: DrainPorts): Drain => {
  let stopped = false;
  let running: Promise<void> | null = null;
  let endSleep = (): void => {};
  let waiting: (() => void)[] = [];
  let endWait = (): void => {};

  const sleep = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const cancel = clock.after(ms, resolve);
      endSleep = () => {
        cancel();
        resolve();
      };
    });

  const handOn = async (entries: readonly Uint8Array[]): Promise<void> => {
    let rest = entries;
    for (let attempt = 1; rest.length > 0 && !stopped; attempt++) {
      const again = await deliver(rest).catch(() => ({ entries: rest, afterMs: null }));
      rest = again.entries;
      if (rest.length === 0 || stopped) continue;
      await sleep(retryDelayMs(attempt, again.afterMs, retry, fractionOf(random)));
    }
  };

  const run = async (): Promise<void> => {
    for (let attempt = 1; !stopped; attempt++) {
      try {
        const segment = await spool.oldest();
        if (segment === null) break;
        await handOn(segment.entries);
        if (!stopped) await segment.remove();
        attempt = 0;
      } catch {
        // The disk's failure; what lies there stays.
        await sleep(retryDelayMs(attempt, null, retry, fractionOf(random)));
      }
    }
    running = null;
    if (stopped) return;
    for (const resolve of waiting) resolve();
    waiting = [];
    if (spool.lookAgainAfterMs !== undefined) endWait = clock.after(spool.lookAgainAfterMs, wake);
  };

  const wake = (): void => {
    endWait();
    if (!stopped) running ??= run();
  };
  wake();
  return {
    wake,
    empty: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        wake();
      }),
    async stop() {
      stopped = true;
      endWait();
      endSleep();
      await running;
    },
  };
};
