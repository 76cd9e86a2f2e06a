import type { BatchLimits } from "./batch.js";

export interface Waiting {
  readonly events: number;
  readonly bytes: number;
  readonly oldestAtMs: number;
  /** How many of them a caller of `flush` is waiting for. */
  readonly urgent: number;
}

export type FlushDecision =
  | { readonly kind: "now" }
  | { readonly kind: "at"; readonly atMs: number }
  | { readonly kind: "idle" };

/** When a batch goes: as soon as it is full, its oldest event is `flushAfterMs` old, or somebody waits for it. */
export const decideFlush = (
  waiting: Waiting,
  nowMs: number,
  settings: BatchLimits & { readonly flushAfterMs: number },
): FlushDecision => {
  if (waiting.events === 0) return { kind: "idle" };
  const full = waiting.events >= settings.batchEventsMax || waiting.bytes >= settings.batchBytesMax;
  const dueAtMs = waiting.oldestAtMs + settings.flushAfterMs;
  if (full || waiting.urgent > 0 || nowMs >= dueAtMs) return { kind: "now" };
  return { kind: "at", atMs: dueAtMs };
};
