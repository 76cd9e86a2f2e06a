import type { Outcome } from "./outcome.js";

/** `emitted = stored + rejected + failed + waiting`. */
export interface ProducerCounters {
  readonly emitted: number;
  readonly stored: number;
  readonly rejected: number;
  readonly failed: number;
  /** Events without an outcome yet, and their bytes. */
  readonly waiting: number;
  readonly waitingBytes: number;
  readonly sends: number;
  readonly retriedEvents: number;
}

export type Observation =
  | { readonly kind: "sent"; readonly events: number; readonly bytes: number; readonly tookMs: number }
  | {
      readonly kind: "retrying";
      readonly events: number;
      readonly attempt: number;
      readonly delayMs: number;
      readonly detail: string;
    }
  | (Exclude<Outcome, { readonly kind: "stored" }> & { readonly type: string });
