/** A long work's turns on the event loop: what waits there comes in between. */
export interface Turns {
  /** This turn has taken long enough. */
  due(): boolean;
  next(): Promise<void>;
}

/** Starts a work's first turn. */
export type StartTurns = () => Turns;

/** However many wait, a turn is no longer. */
const TURN_MS_MAX = 25;

/**
 * @param clockMs never goes back
 * @param pause lets what waits run first
 * @param share a turn after a long pause is so many times as long, so that no crowd keeps the work from going on; 0: it has no hurry
 */
export const createTurns =
  (turnMs: number, clockMs: () => number, pause: () => Promise<void>, share = 0): StartTurns =>
  () => {
    let startedMs = clockMs();
    let longMs = turnMs;
    return {
      due: () => clockMs() - startedMs >= longMs,
      async next() {
        const pausedMs = clockMs();
        await pause();
        startedMs = clockMs();
        longMs = Math.max(turnMs, Math.min(TURN_MS_MAX, share * (startedMs - pausedMs)));
      },
    };
  };
