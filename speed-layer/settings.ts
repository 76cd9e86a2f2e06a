import { DIRECTORY_PACE } from "@freshet/storage";

/** How the layer runs. None of it changes a finished byte. */
export interface SpeedSettings {
  /** The open segment is written again, longer, this often. */
  readonly flushAfterMs: number;
  /** An idle shard gets a control record this often, so that its last segment is finished. */
  readonly heartbeatAfterMs: number;
  /** Least time between two looks at the log: what arrives meanwhile is read together. */
  readonly pollAfterMs: number;
  /** `knownThrough` is kept this far ahead of now; a new app revision takes effect after it. */
  readonly scheduleAheadMs: number;
  readonly leaseTtlMs: number;
  readonly readRecordsMax: number;
  /** A flush is due, whatever the time, when this much waits to be written. */
  readonly pendingBytesMax: number;
  readonly pendingSegmentsMax: number;
  readonly pendingLettersMax: number;
  /** Bodies up to this size lie inside their record; larger ones in the lake. */
  readonly inlineBytesMax: number;
  /** The log holds its producers back while folding is further behind than this, and falls back further. Null: never. */
  readonly holdBackAfterMs: number | null;
  /** Null: off. */
  readonly fuse: FuseSettings | null;
}

/** The layer stops when, of at least `eventsMin` events in the last `windowMs`, more than `ratioMax` were bad. */
export interface FuseSettings {
  readonly windowMs: number;
  readonly eventsMin: number;
  readonly ratioMax: number;
}

export const DEFAULT_SETTINGS: SpeedSettings = {
  flushAfterMs: DIRECTORY_PACE.flushAfterMs,
  heartbeatAfterMs: 60_000,
  pollAfterMs: 20,
  scheduleAheadMs: 5_000,
  leaseTtlMs: 10_000,
  readRecordsMax: 5_000,
  pendingBytesMax: 16 * 1024 * 1024,
  pendingSegmentsMax: 2_000,
  pendingLettersMax: 10_000,
  inlineBytesMax: DIRECTORY_PACE.inlineBytesMax,
  holdBackAfterMs: null,
  fuse: { windowMs: 60_000, eventsMin: 1_000, ratioMax: 0.5 },
};
