/** How a store wants to be used: on a disk writes and looks cost next to nothing, on AWS each one is paid for. */
export interface StorePace {
  /** Open segments, and how far they vouch for, are written again this often. */
  readonly flushAfterMs: number;
  /** Between two looks of a reader at what is new. */
  readonly lookAfterMs: number;
  /** Increment bodies up to this size lie inside their segment record; larger ones in the lake. */
  readonly inlineBytesMax: number;
}

export const DIRECTORY_PACE: StorePace = { flushAfterMs: 250, lookAfterMs: 50, inlineBytesMax: 8 * 1024 };

/** docs/aws-storage.md has the figures. */
export const AWS_PACE: StorePace = { flushAfterMs: 1_000, lookAfterMs: 500, inlineBytesMax: 1024 };
