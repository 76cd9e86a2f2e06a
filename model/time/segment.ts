import type { DurationMs, EpochMs, Tick } from "../brand.js";

/** Names a segment within its shard: segments are ordered by tick, then ordinal. */
export interface SegmentKey {
  readonly tick: Tick;
  readonly ordinal: number;
}

export const compareSegmentKeys = (a: SegmentKey, b: SegmentKey): number =>
  a.tick - b.tick || a.ordinal - b.ordinal;

/** A shard's arrival clock and the segment it stands in. A value: the state after a record is a new one. */
export interface SegmenterState {
  /** Running maximum of the arrival stamps, a child's beginning at its parents' greatest; -1 before any. */
  readonly clockMs: EpochMs;
  readonly key: SegmentKey | null;
  /** Events in the segment so far. */
  readonly events: number;
}

export interface SegmenterSettings {
  readonly segmentMs: DurationMs;
  readonly segmentEventsMax: number;
}

export const segmenterAt = (clockMs: number): SegmenterState => ({
  clockMs: clockMs as EpochMs,
  key: null,
  events: 0,
});

/**
 * Takes one record. It opens a new segment when it raises the tick, or when the segment already holds
 * `segmentEventsMax` events. An aggregate is one record: it never spans segments.
 */
export const advance = (
  state: SegmenterState,
  arrivalMs: EpochMs,
  events: number,
  settings: SegmenterSettings,
): { readonly state: SegmenterState; readonly opens: boolean } => {
  const clockMs = Math.max(state.clockMs, arrivalMs) as EpochMs;
  const tick = Math.floor(clockMs / settings.segmentMs) as Tick;
  const { key } = state;
  if (key === null || tick > key.tick) {
    return { state: { clockMs, key: { tick, ordinal: 0 }, events }, opens: true };
  }
  if (state.events >= settings.segmentEventsMax) {
    return { state: { clockMs, key: { tick: key.tick, ordinal: key.ordinal + 1 }, events }, opens: true };
  }
  return { state: { clockMs, key, events: state.events + events }, opens: false };
};
