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

/** Since when, and from what, this run's speed is measured. */
export interface ProgressStart {
  readonly atMs: number;
  readonly events: number;
  readonly readBytes: number;
}

/** The time left is by the bytes of the file, which run a little ahead of what is acknowledged. */
export const progressOf = (
  counts: Readonly<ReplayCounts>,
  bytes: { readonly read: number; readonly total: number | null },
  start: ProgressStart,
  nowMs: number,
): ReplayProgress => {
  const perMs = (count: number): number => count / Math.max(1, nowMs - start.atMs);
  const bytesPerMs = perMs(bytes.read - start.readBytes);
  const leftBytes = bytes.total === null ? null : bytes.total - bytes.read;
  return {
    ...counts,
    readBytes: bytes.read,
    totalBytes: bytes.total,
    eventsPerSecond: perMs(counts.events - start.events) * 1000,
    leftMs:
      leftBytes === null || leftBytes === 0 ? leftBytes : bytesPerMs > 0 ? leftBytes / bytesPerMs : null,
  };
};
