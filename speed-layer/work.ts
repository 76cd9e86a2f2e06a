import { setImmediate as nextTurn } from "node:timers/promises";

/** Work in slices. Each yields about how many events' worth of it was done. */
export type Work<Result> = Generator<number, Result>;

/** Other things of the thread come between after so much work, some milliseconds, and at its end. */
const TURN_EVENTS = 8_192;

/** Does all of it. */
export const inTurns = async <Result>(work: Work<Result>): Promise<Result> => {
  for (let left = TURN_EVENTS; ; ) {
    const { done, value } = work.next();
    if (done) {
      if (left < TURN_EVENTS) await nextTurn();
      return value;
    }
    left -= value;
    if (left > 0) continue;
    await nextTurn();
    left = TURN_EVENTS;
  }
};
