import type { MeasureColumn } from "../../columns/columns.js";
import type { Chunks } from "../chunks.js";
import type { Output } from "../output.js";
import type { Slabs } from "../slabs.js";

/** The states of a measure, or of some together, by group, in the groups' rows. Columns and outputs stand in the measures' order. */
export interface Store {
  /** Adds the columns' entries at each of the first `count` events, a block at most, to the group whose row stands beside it. */
  add(columns: readonly MeasureColumn[], events: Int32Array, rows: Int32Array, count: number): void;
  /**
   * Writes the states of `rows` from `from` on, as the measure's `encode` does. Returns where it stopped: at
   * `toExclusive`, or once it wrote more than a slice's bytes.
   */
  encode(rows: Int32Array, from: number, toExclusive: number, outs: readonly Output[]): number;
}

/** What a store keeps in a row. */
export interface StoreForm {
  /** All zero: the measure's zero. */
  readonly words: number;
  /** It begins at an even word. */
  readonly isDouble: boolean;
  /** @param before how many words before a row's address its state begins */
  create(rows: Chunks, before: number, slabs: Slabs): Store;
}

/** The version byte that stored states begin with. */
export const STATE_VERSION = 1;
export const SLICE_BYTES_MAX = 1 << 18;

export const columnMismatch = (measure: string, column: MeasureColumn | undefined): never => {
  throw new Error(`${measure} cannot be folded from ${column?.kind ?? "no column"}`);
};

/** The only one. */
export const soleOutput = ([out]: readonly Output[]): Output => {
  if (!out) throw new Error("no output for a measure");
  return out;
};
