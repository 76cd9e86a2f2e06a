import type { MeasureColumn } from "../../columns/columns.js";
import type { Output } from "../output.js";

/** The states of one measure by group. Groups are numbered from 0; a new one's state is zero. */
export interface Store {
  /** Makes room for the groups below `groups`. */
  grow(groups: number): void;
  /** Adds the column's entry at each of the first `count` rows to the group that stands beside it. */
  add(column: MeasureColumn, rows: Int32Array, groups: Int32Array, count: number): void;
  /**
   * Writes the states of `groups` from `from` on, as the measure's `encode` does. Returns where it stopped: at
   * `toExclusive`, or once it wrote more than a slice's bytes.
   */
  encode(groups: Int32Array, from: number, toExclusive: number, out: Output): number;
}

/** The version byte that stored states begin with. */
export const STATE_VERSION = 1;
export const SLICE_BYTES_MAX = 1 << 18;

export const columnMismatch = (measure: string, column: MeasureColumn): never => {
  throw new Error(`${measure} cannot be folded from ${column.kind}`);
};
