import type { DurationMs, EpochMs } from "../brand.js";
import type { JsonObject } from "../metric/javascript.js";
import type { Reason } from "./reason.js";

/** Wider time bounds that an import or a replay carries in its events. */
export interface EventBounds {
  readonly maxLateMs: DurationMs;
  readonly maxAheadMs: DurationMs;
}

/** An event that fits its schema. */
export class ReadEvent {
  readonly kind = "event";
  constructor(
    readonly type: string,
    readonly id: string,
    readonly timeMs: EpochMs,
    /** Null: the app's own. */
    readonly bounds: EventBounds | null,
    /** Upcast to the last version; with `type`, `id`, `time` and what no schema declares. */
    readonly event: JsonObject,
  ) {}

  /** JSON with the time as ISO 8601 UTC in milliseconds, so that copies written differently are equal. */
  body(): string {
    const { time } = this.event;
    const canonical = typeof time === "string" && time.length === 24 && time.endsWith("Z");
    return JSON.stringify(
      canonical ? this.event : { ...this.event, time: new Date(this.timeMs).toISOString() },
    );
  }
}

/** An event that cannot be counted; what could be read of its envelope. */
export interface RejectedEvent {
  readonly kind: "rejected";
  readonly reason: Reason;
  /** What was expected, where; never a value of the event's fields. */
  readonly detail: string;
  readonly type: string | null;
  readonly id: string | null;
  readonly timeMs: EpochMs | null;
}

export type ReadOutcome = ReadEvent | RejectedEvent;
