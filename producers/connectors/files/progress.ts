/** Rows that have been dealt with, and those among them that gave no proper event. */
export interface RowCounts {
  rows: number;
  /** Rows that are no rows of this format. */
  malformed: number;
  /** Rows that the mapping threw at. */
  unmapped: number;
  /** Rows that the mapping left out. */
  leftOut: number;
}

/** What the log has acknowledged, an interrupted run's part included. */
export interface ReplayCounts extends RowCounts {
  /** Events in the log, bad ones included. */
  events: number;
  /** Events among them that will be dead letters. */
  rejected: number;
}

export interface ReplayProgress extends Readonly<ReplayCounts> {
  readonly readBytes: number;
  /** Null when nobody knows, as for standard input. */
  readonly totalBytes: number | null;
  readonly eventsPerSecond: number;
  readonly leftMs: number | null;
}

export const NO_ROWS: Readonly<ReplayCounts> = {
  rows: 0,
  malformed: 0,
  unmapped: 0,
  leftOut: 0,
  events: 0,
  rejected: 0,
};

/** A run's beginning: what had been acknowledged and read by then. */
export interface ProgressStart {
  readonly events: number;
  readonly readBytes: number;
}

/** The rate is that of this run, and the time left is by the bytes that it has read. */
export const progressOf = (
  counts: Readonly<ReplayCounts>,
  bytes: { readonly read: number; readonly total: number | null },
  start: ProgressStart,
  elapsedMs: number,
): ReplayProgress => {
  const perMs = (count: number): number => count / Math.max(1, elapsedMs);
  const bytesPerMs = perMs(bytes.read - start.readBytes);
  return {
    ...counts,
    readBytes: bytes.read,
    totalBytes: bytes.total,
    eventsPerSecond: perMs(counts.events - start.events) * 1000,
    leftMs: bytes.total === null || bytesPerMs <= 0 ? null : (bytes.total - bytes.read) / bytesPerMs,
  };
};
