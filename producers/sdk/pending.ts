import type { Outcome } from "./outcome.js";
import type { OutgoingEvent } from "./transport.js";

/** An event without an outcome yet. */
export interface Pending {
  event: OutgoingEvent;
  /** On the clock's `elapsedMs`. */
  readonly deadlineAtMs: number;
  readonly emittedAtMs: number;
  readonly resolve: (outcome: Outcome) => void;
  readonly outcome: Promise<Outcome>;
  attempts: number;
  settled: boolean;
}

export const pendingOf = (event: OutgoingEvent, nowMs: number, deadlineMs: number): Pending => {
  let resolve: (outcome: Outcome) => void = () => {};
  const outcome = new Promise<Outcome>((done) => {
    resolve = done;
  });
  return {
    event,
    emittedAtMs: nowMs,
    deadlineAtMs: nowMs + deadlineMs,
    resolve,
    outcome,
    attempts: 0,
    settled: false,
  };
};
