/** What one statement may take. */
export interface SqlLimits {
  /** Statements at once: each has a process of its own. */
  readonly statementsMax: number;
  /** From the first to the last row. */
  readonly secondsMax: number;
  /** What DuckDB may hold, beyond which it spills to disk. */
  readonly memoryMb: number;
  /** What the whole process may hold: beyond it, it ends. */
  readonly processMb: number;
  readonly spillMb: number;
  readonly rowsMax: number;
  /** As JSON. */
  readonly jsonRowsMax: number;
  readonly rowsDefault: number;
  /** Of an answer, in any format. */
  readonly answerBytesMax: number;
  /** Groups after the cut that a statement can read, over all its metrics; they are copied to its process. */
  readonly liveGroupsMax: number;
  /** The same in bytes, as counted by `liveBatches`. */
  readonly liveBytesMax: number;
  /** Files of raw events, the newest. */
  readonly eventFilesMax: number;
  /** A process that nobody has asked for so long is ended. */
  readonly idleMs: number;
}

export const SQL_LIMITS: SqlLimits = {
  statementsMax: 2,
  secondsMax: 20,
  memoryMb: 512,
  processMb: 1_024,
  spillMb: 1_024,
  rowsMax: 1_000_000,
  jsonRowsMax: 100_000,
  rowsDefault: 10_000,
  answerBytesMax: 64 * 1024 * 1024,
  liveGroupsMax: 500_000,
  liveBytesMax: 128 * 1024 * 1024,
  eventFilesMax: 5_000,
  idleMs: 60_000,
};
