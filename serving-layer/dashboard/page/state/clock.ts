import { signal } from "@preact/signals";

const TICK_MS = 1_000;

/** The page's clock: the one place that asks the browser for the time. */
export const nowMs = (): number => new Date().getTime();

/** Moves once a second, for texts that age. */
export const clock = signal(nowMs());

export const startClock = (): void => {
  setInterval(() => {
    clock.value = nowMs();
  }, TICK_MS);
};
