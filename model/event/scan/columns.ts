/** Events in one buffer, in log order. Made once and filled again for each batch. */
export interface EventSlices {
  /** Longer than what is used; replaced when `append` needs more room. */
  readonly bytes: Uint8Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly count: number;
  /** The size of an event of which the log kept only the head, its slice. By index. */
  readonly oversize: ReadonlyMap<number, number>;
  /** Puts a text's UTF-8 behind the events. Returns where it starts; it ends at `appendedThrough`. */
  append(text: string): number;
  readonly appendedThrough: number;
}

/** A field of the last version of an event type's schema, `["id"]` and `["time"]` left out. */
export interface FieldNeed {
  readonly event: string;
  readonly path: readonly string[];
}

/** What a `FieldColumn` holds of an event. */
export const ABSENT = 0; // or null, or the event is of another type
export const TEXT = 1;
export const NUMBER = 2;
export const FALSE = 3;
export const TRUE = 4;

/** One field of a run of events. Entries of events that are not readable, or of another type, mean nothing. */
export interface FieldColumn {
  readonly kinds: Uint8Array;
  /** Of a text, unescaped UTF-8 in the slices' `bytes`. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly numbers: Float64Array;
}

/** A run of events by column, one entry an event. Valid until the scanner's next call. */
export interface EventColumns {
  readonly count: number;
  /** 0: readable; else 1 + the index in `REASONS`. */
  readonly reasons: Uint8Array;
  /** Index in the app's `events`. */
  readonly types: Uint16Array;
  readonly timesMs: Float64Array;
  /** How much older and younger than its arrival the event may be: its own bounds, or the app's. */
  readonly lateMs: Float64Array;
  readonly aheadMs: Float64Array;
  /** The id, unescaped UTF-8 in the slices' `bytes`. */
  readonly idStarts: Int32Array;
  readonly idEnds: Int32Array;
  /** What `fingerprint` makes of type, id and time, four words an event, by a scanner that makes it while it reads. */
  readonly fingerprints?: Uint32Array;
  /** In the order of the needs. */
  readonly fields: readonly FieldColumn[];
}

/**
 * Judges and reads events by one app revision, as `EventReader` does: every outcome, reason and value is equal.
 * Kernels differ in speed alone.
 */
export interface EventScanner {
  scan(slices: EventSlices): EventColumns;
}
