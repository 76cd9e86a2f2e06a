import type { ReplayCounts } from "./progress.js";

/** Not before this many rows of a run. */
const JUDGED_ROWS_MIN = 1000;
const BAD_RATIO_MAX = 0.5;

/** Most rows were bad: the file or the mapping is another than was meant. */
export class ReplayFuseError extends Error {
  override readonly name = "ReplayFuseError";
  constructor(
    source: string,
    readonly rows: number,
    readonly bad: number,
  ) {
    super(
      `stopped: ${bad} of ${rows} rows of ${source} were bad. Is it the right file, and the right mapping? ` +
        "Their reasons are among the dead letters.",
    );
  }
}

/** @throws ReplayFuseError when more than half of this run's rows were bad. */
export const checkFuse = (
  source: string,
  now: Readonly<ReplayCounts>,
  before: Readonly<ReplayCounts>,
): void => {
  const rows = now.rows - before.rows;
  // A malformed or unmapped row is also an event that the intake rejects.
  const bad = now.rejected - before.rejected;
  if (rows >= JUDGED_ROWS_MIN && bad > rows * BAD_RATIO_MAX) throw new ReplayFuseError(source, rows, bad);
};
