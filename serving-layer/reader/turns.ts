/** A long work's turns on the event loop: what waits there comes in between. */
export interface Turns {
  /** This turn has taken long enough. */
  due(): boolean;
  next(): Promise<void>;
}

/** Starts a work's first turn. */
export type StartTurns = () => Turns;

/** @param clockMs never goes back; @param pause lets what waits run first */
export const createTurns =
  (turnMs: number, clockMs: () => number, pause: () => Promise<void>): StartTurns =>
  () => {
    let startedMs = clockMs();
    return {
      due: () => clockMs() - startedMs >= turnMs,
      async next() {
        await pause();
        startedMs = clockMs();
      },
    };
  };
