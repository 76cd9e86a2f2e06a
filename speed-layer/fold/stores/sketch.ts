import type { MeasureColumn } from "../../columns/columns.js";
import type { Chunks } from "../chunks.js";
import type { Output } from "../output.js";
import type { Slabs } from "../slabs.js";

/** Words of a row for a group's state in a sketch's own form, all zero at first. */
export const SKETCH_WORDS = 2;

/**
 * A measure that many values are folded into. What an event adds is one word, its entry; 0 adds nothing. A group's entries are
 * logged as they come, and turned to the sketch's own form once they are many.
 */
export interface Sketch {
  /** Writes the entry of each of the first `count` events to `into`, at `first` and every `stride` words on. */
  toEntries(
    column: MeasureColumn | undefined,
    events: Int32Array,
    count: number,
    into: Int32Array,
    first: number,
    stride: number,
  ): void;
  /** Adds entries that lie so to the states in the first `count` rows, each in the sketch's own form. */
  add(rows: Int32Array, count: number, entries: Int32Array, first: number, stride: number): void;
  /** Writes what the first `count` entries come to, as the measure's `encode` does. None is 0; sorts them. */
  encodeEntries(entries: Int32Array, count: number, out: Output): void;
  /** The same for a row's state. */
  encodeState(row: number, out: Output): void;
}

/** @param before how many words before a row's address the state begins */
export type SketchMaker = (rows: Chunks, before: number, slabs: Slabs) => Sketch;
