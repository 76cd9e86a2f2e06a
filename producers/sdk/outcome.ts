import type { OutgoingEvent, Position } from "./transport.js";

/** What became of an event. Every `emit` ends in exactly one. */
export type Outcome =
  /** Durable: it is in the log, or in the spool where the transport has one. The position is there where the transport hears of it. */
  | { readonly kind: "stored"; readonly id: string; readonly position?: Position }
  /** It cannot be counted, and sending it again would not help. */
  | { readonly kind: "rejected"; readonly id: string; readonly reason: string; readonly detail: string }
  /** Not known to be stored. With `attempts` above 0 it may be: emit it again with the same `id` and `time`. */
  | {
      readonly kind: "failed";
      readonly id: string;
      readonly reason: FailureReason;
      readonly detail: string;
      readonly attempts: number;
    };

export type FailureReason =
  | "buffer_full" // no room: await `ready()` before `emit`
  | "expired" // its deadline passed
  | "refused" // the receiver will not take anything from us, such as for a wrong key
  | "closed"; // the producer was closed first

export interface NotSent {
  readonly type: string;
  readonly id: string;
  readonly timeMs: number;
  readonly reason: FailureReason;
  readonly attempts: number;
}

/** What became of the events that were waiting when `flush` or `close` was called. */
export interface FlushReport {
  readonly stored: number;
  readonly rejected: number;
  readonly notSent: readonly NotSent[];
}

export const reportOf = (events: readonly OutgoingEvent[], outcomes: readonly Outcome[]): FlushReport => {
  const notSent: NotSent[] = [];
  const counts = { stored: 0, rejected: 0, failed: 0 };
  outcomes.forEach((outcome, index) => {
    counts[outcome.kind]++;
    if (outcome.kind !== "failed") return;
    const { type, id, timeMs } = events[index] as OutgoingEvent;
    notSent.push({ type, id, timeMs, reason: outcome.reason, attempts: outcome.attempts });
  });
  return { stored: counts.stored, rejected: counts.rejected, notSent };
};
