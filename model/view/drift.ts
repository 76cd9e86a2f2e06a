import type { EpochMs } from "../brand.js";

/**
 * Why live counted other than batch. A copy that live counted is a `conflict` where its body differs from the one that
 * stands, else a `far_duplicate` where that one lies in its own shard or an ancestor, else a `cross_shard_duplicate`.
 * `overflow`: live had no name for the group. `written_off`: segments that an operator gave up, and those after them in
 * which the two sides may have seen different copies. What is left is a `defect`.
 */
export const DRIFT_CAUSES = [
  "far_duplicate",
  "cross_shard_duplicate",
  "conflict",
  "overflow",
  "written_off",
  "defect",
] as const;
export type DriftCause = (typeof DRIFT_CAUSES)[number];

/** A batch run, and through where it settled. */
export interface ComparingRun {
  readonly generation: number;
  readonly throughMs: EpochMs;
}

/** Segments whose increments could not be read when they were to be compared. */
export interface UnreadIncrements {
  readonly generation: number;
  readonly segments: number;
  /** What was wrong with the first of them. */
  readonly detail: string;
}

/**
 * What batch found when it compared, run by run, what live had added with what it adds itself for the same rows. Rows of
 * the files belong to the run (`generation`) that wrote them and add up over runs.
 */
export interface Reconciliation {
  readonly version: 1;
  /** The first generation of the lineage that compared and is kept: rows of earlier ones do not count. */
  readonly since: number;
  /** The first run of each day of those kept, oldest first. Absent: it was not noted. */
  readonly days?: readonly ComparingRun[];
  /** Hours before it do not count: some of what arrived in them was dropped. Absent: all do. */
  readonly hoursFrom?: EpochMs;
  /**
   * Parquet, by pane. `generation` INTEGER, `definition` VARCHAR (hash), `pane` BIGINT, `measure` VARCHAR, and a column
   * DECIMAL(38,0) for each cause.
   *   measure NULL     `compared` and `differing`: how many groups; a cause: how many of them differ for it. `late`: events
   *                    of panes that were settled before; `unknown`: events whose increment could not be read
   *   count, sum       `live` and `settled`: totals of the pane; live = settled + the sum of the causes
   *   other measures   as for NULL, of this measure's states
   * `share`: of the groups that were compared (all: 1), DOUBLE.
   */
  readonly drift: readonly string[];
  /**
   * Parquet, by hour of arrival. `generation` INTEGER, `hour` BIGINT (epoch ms), and for batch, and with `speed_` before
   * them for live, `records, events, accepted, duplicates` and a column for each reason; `conflicts` is batch's alone.
   */
  readonly hours: readonly string[];
  /** The newest, oldest first. */
  readonly unread: readonly UnreadIncrements[];
}
