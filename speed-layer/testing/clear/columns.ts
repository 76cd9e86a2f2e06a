import type { GroupKey, Measure, MeasureInput, Reason } from "@freshet/model";

/** Four 32-bit words of fingerprint an event. */
export const FINGERPRINT_WORDS = 4;

/** An event's bytes as the log holds them, or the head of one that was too large to store. */
export type RawEvent =
  | { readonly kind: "json"; readonly bytes: Uint8Array }
  | { readonly kind: "oversize"; readonly bytes: number; readonly head: Uint8Array };

/** What folding needs of a run of events, judged by one app revision. Columns have one entry an event. */
export interface Columns {
  readonly events: number;
  /** The static reason of those that cannot be counted; undefined: readable. */
  readonly reasons: readonly (Reason | undefined)[];
  /** Identity: type, id and time. */
  readonly fingerprints: Uint32Array;
  readonly timeMs: Float64Array;
  /** How much older and younger than its arrival the event may be. */
  readonly lateMs: Float64Array;
  readonly aheadMs: Float64Array;
  /** By definition hash, ascending. */
  readonly metrics: readonly MetricColumns[];
}

/** What one metric needs of the events; rows that it does not count are never read. */
export interface MetricColumns {
  readonly definition: string;
  readonly measures: readonly Measure[];
  readonly groupsMax: number;
  /** 1: the metric counts the event. */
  readonly counted: Uint8Array;
  readonly paneMs: Float64Array;
  readonly keys: readonly GroupKey[];
  /** By event, then measure; undefined where the measure's own condition leaves the event out. */
  readonly inputs: readonly (readonly (MeasureInput | undefined)[])[];
}

/** Reads events by one app revision. Replaceable: whatever gives the same columns for the same bytes. */
export interface Scanner {
  scan(events: readonly RawEvent[]): Columns;
  /** What a dead letter says of an event, read again: bad events are few. */
  describe(event: RawEvent): Description;
}

export interface Description {
  readonly type: string | null;
  readonly id: string | null;
  readonly timeMs: number | null;
  /** What was wrong with it by itself; empty when only its time is out of bounds. */
  readonly detail: string;
}
