import type { ProducerSettings } from "./settings.js";

/** An event as it goes out: its bytes are made once, so that every attempt sends the same. */
export interface OutgoingEvent {
  readonly type: string;
  readonly id: string;
  readonly timeMs: number;
  /** For transports that write to the log themselves; a collector computes its own. */
  readonly partitionKey: string;
  /** UTF-8 JSON, one object, no line break. */
  readonly json: Uint8Array;
}

/** Where the log has an event; `index` is its place in the aggregate that it travelled in, 0 where it travelled alone. */
export interface Position {
  readonly shard: string;
  readonly sequence: string;
  readonly index: number;
}

export interface Batch {
  readonly events: readonly OutgoingEvent[];
  readonly bytes: number;
}

export type EventResult =
  | { readonly kind: "stored"; readonly position?: Position }
  | { readonly kind: "rejected"; readonly reason: string; readonly detail: string }
  /** Sending it again would not help, nor would another event fare better. */
  | { readonly kind: "refused"; readonly detail: string }
  | { readonly kind: "retry"; readonly afterMs: number | null; readonly detail?: string };

export type SendResult =
  /** One result an event, in order. */
  | { readonly kind: "results"; readonly results: readonly EventResult[] }
  /** Nothing is known to be stored; the same batch may go again, not before `afterMs` where given. */
  | { readonly kind: "retry"; readonly afterMs: number | null; readonly detail: string }
  /** More bytes than the receiver takes at once: goes again in halves. */
  | { readonly kind: "too_large"; readonly detail: string }
  /** Sending again would not help. */
  | { readonly kind: "refused"; readonly detail: string };

/** How a batch reaches the log. A throw counts as `retry`; so does taking longer than `sendTimeoutMs`, after which `signal` aborts. */
export interface Transport {
  send(batch: Batch, signal: AbortSignal): Promise<SendResult>;
  /** What suits it, where the producer's owner says nothing else. */
  readonly settings?: Partial<ProducerSettings>;
}
