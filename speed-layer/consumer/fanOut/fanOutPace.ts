import type { FailureKind } from "../stream/stream.js";

/** A subscription that Kinesis has accepted lives for five minutes; another within this time after it is refused. */
export const RESUBSCRIBE_AFTER_MS = 5_000;
/** Kinesis takes one subscription a second of a consumer and shard, whether it accepts it or not. */
const SUBSCRIBE_EVERY_MS = 1_000;
const BACK_OFF_MAX_MS = 20_000;

/** How long to wait before the next subscription. Times are `elapsedMs`; `acceptedMs` is null before the first that was accepted. */
export const untilNextSubscription = (view: {
  readonly nowMs: number;
  readonly askedMs: number | null;
  readonly acceptedMs: number | null;
  /** In a row, without an event between. */
  readonly failures: number;
  readonly kind: FailureKind | null;
  /** From 0 through 1. */
  readonly unit: number;
}): number => {
  const { nowMs, askedMs, acceptedMs, failures, kind, unit } = view;
  const since = (atMs: number | null, ms: number): number => (atMs === null ? 0 : atMs + ms - nowMs);
  const ceilingMs = Math.min(BACK_OFF_MAX_MS, SUBSCRIBE_EVERY_MS * 2 ** failures);
  const backOffMs = failures === 0 ? 0 : SUBSCRIBE_EVERY_MS + unit * (ceilingMs - SUBSCRIBE_EVERY_MS);
  const standingMs = kind === "inUse" ? RESUBSCRIBE_AFTER_MS : 0;
  return Math.max(
    0,
    backOffMs,
    standingMs,
    since(askedMs, SUBSCRIBE_EVERY_MS),
    since(acceptedMs, RESUBSCRIBE_AFTER_MS),
  );
};
