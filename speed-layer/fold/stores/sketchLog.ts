import type { MeasureColumn } from "../../columns/columns.js";
import { CHUNK_BITS, CHUNK_MASK, type Chunks } from "../chunks.js";
import { BLOCK_EVENTS } from "../groupTable.js";
import type { Output } from "../output.js";
import type { Slabs } from "../slabs.js";
import { SKETCH_WORDS, type Sketch, type SketchMaker } from "./sketch.js";
import { SLICE_BYTES_MAX, type Store, type StoreForm } from "./store.js";

/*
 * What events added to a group, an entry of each sketch to an event: most groups of a segment have a few events, of which this
 * is the least that can be kept. A row holds a head: the number of events above the size of the group's slab; then the events
 * themselves or, once they are more, the slab's address. Where they are many, the head is SPILLED, and each sketch has words of
 * its own after it.
 */
const ROW_EVENTS = 3;
const LOG_EVENTS_MAX = 32;
const SIZE_BITS = 5;
const SIZE_MASK = (1 << SIZE_BITS) - 1;
const ONE = 1 << SIZE_BITS;
const SPILLED = -1;

const logWords = (sketches: number): number => 1 + Math.max(ROW_EVENTS, SKETCH_WORDS) * sketches;

/** The sketches of a metric together. */
export const sketchLogForm = (makers: readonly SketchMaker[]): StoreForm => ({
  words: logWords(makers.length),
  isDouble: false,
  create: (rows, before, slabs) =>
    createSketchLog(
      makers.map((make, sketch) => make(rows, before - 1 - sketch * SKETCH_WORDS, slabs)),
      rows,
      before,
      slabs,
    ),
});

/** By a slab's size, how many events it holds; a row's own words at 0. */
const capacitiesOf = (sketches: number): Int32Array =>
  Int32Array.from({ length: 1 << SIZE_BITS }, (_, bits) =>
    bits === 0 ? ROW_EVENTS : Math.min(LOG_EVENTS_MAX, Math.floor(2 ** bits / sketches)),
  );

const createSketchLog = (
  sketches: readonly Sketch[],
  { chunks: rowChunks }: Chunks,
  before: number,
  slabs: Slabs,
): Store => {
  const width = sketches.length;
  const capacities = capacitiesOf(width);
  const { chunks } = slabs;
  /** Of the events of a block. */
  const entries = new Int32Array(BLOCK_EVENTS * width);
  /** Those of spilled groups. */
  const spilledRows = new Int32Array(BLOCK_EVENTS);
  const spilledEntries = new Int32Array(BLOCK_EVENTS * width);
  /** Of a group. */
  const loggedRows = new Int32Array(LOG_EVENTS_MAX);
  const logged = new Int32Array(LOG_EVENTS_MAX * width);

  /** Copies a group's log to `into`. */
  const copyLog = (row: Int32Array, at: number, into: Int32Array, intoAt: number): void => {
    const head = row[at] as number;
    const address = row[at + 1] as number;
    const inRow = (head & SIZE_MASK) === 0;
    const list = inRow ? row : (chunks[address >>> CHUNK_BITS] as Int32Array);
    const base = inRow ? at + 1 : address & CHUNK_MASK;
    const words = (head >>> SIZE_BITS) * width;
    for (let word = 0; word < words; word++) into[intoAt + word] = list[base + word] as number;
  };

  const giveSlab = (row: Int32Array, at: number): void => {
    const sizeBits = (row[at] as number) & SIZE_MASK;
    if (sizeBits !== 0) slabs.give(row[at + 1] as number, sizeBits);
  };

  const enlarge = (row: Int32Array, at: number): void => {
    const head = row[at] as number;
    let sizeBits = head & SIZE_MASK;
    const count = head >>> SIZE_BITS;
    do sizeBits++;
    while ((capacities[sizeBits] as number) < 2 * count && (capacities[sizeBits] as number) < LOG_EVENTS_MAX);
    const address = slabs.take(sizeBits);
    copyLog(row, at, chunks[address >>> CHUNK_BITS] as Int32Array, address & CHUNK_MASK);
    giveSlab(row, at);
    row[at] = (head & ~SIZE_MASK) | sizeBits;
    row[at + 1] = address;
  };

  /** Turns the log of the group into each sketch's own form. */
  const spill = (address: number, row: Int32Array, at: number): void => {
    copyLog(row, at, logged, 0);
    giveSlab(row, at);
    row.fill(0, at + 1, at + logWords(width));
    row[at] = SPILLED;
    loggedRows.fill(address);
    for (let sketch = 0; sketch < width; sketch++)
      (sketches[sketch] as Sketch).add(loggedRows, LOG_EVENTS_MAX, logged, sketch, width);
  };

  /** Logs the events of a block, but for those of spilled groups, which it lays aside. Returns how many these are. */
  const log = (rows: Int32Array, count: number): number => {
    let spilled = 0;
    for (let event = 0; event < count; event++) {
      const address = rows[event] as number;
      const row = rowChunks[address >>> CHUNK_BITS] as Int32Array;
      const at = (address & CHUNK_MASK) - before;
      let head = row[at] as number;
      if (head !== SPILLED && head >>> SIZE_BITS === capacities[head & SIZE_MASK]) {
        if (head >>> SIZE_BITS === LOG_EVENTS_MAX) spill(address, row, at);
        else enlarge(row, at);
        head = row[at] as number;
      }
      if (head === SPILLED) {
        spilledRows[spilled] = address;
        for (let sketch = 0; sketch < width; sketch++)
          spilledEntries[spilled * width + sketch] = entries[event * width + sketch] as number;
        spilled++;
        continue;
      }
      const inRow = (head & SIZE_MASK) === 0;
      const slab = row[at + 1] as number;
      const list = inRow ? row : (chunks[slab >>> CHUNK_BITS] as Int32Array);
      const base = (inRow ? at + 1 : slab & CHUNK_MASK) + (head >>> SIZE_BITS) * width;
      for (let sketch = 0; sketch < width; sketch++)
        list[base + sketch] = entries[event * width + sketch] as number;
      row[at] = head + ONE;
    }
    return spilled;
  };

  /** The entries of one sketch that are not 0, to the front of `entries`. Returns how many. */
  const gather = (row: Int32Array, at: number, sketch: number): number => {
    const head = row[at] as number;
    const address = row[at + 1] as number;
    const inRow = (head & SIZE_MASK) === 0;
    const list = inRow ? row : (chunks[address >>> CHUNK_BITS] as Int32Array);
    const base = (inRow ? at + 1 : address & CHUNK_MASK) + sketch;
    const end = base + (head >>> SIZE_BITS) * width;
    let found = 0;
    for (let word = base; word < end; word += width) {
      const entry = list[word] as number;
      entries[found] = entry;
      if (entry !== 0) found++;
    }
    return found;
  };

  return {
    add(columns, events, rows, count) {
      for (let sketch = 0; sketch < width; sketch++) {
        const column = columns[sketch] as MeasureColumn;
        (sketches[sketch] as Sketch).toEntries(column, events, count, entries, sketch, width);
      }
      const spilled = log(rows, count);
      for (let sketch = 0; sketch < width; sketch++)
        (sketches[sketch] as Sketch).add(spilledRows, spilled, spilledEntries, sketch, width);
    },
    encode(rows, from, toExclusive, outs) {
      let bytes = 0;
      let index = from;
      while (index < toExclusive && bytes < SLICE_BYTES_MAX) {
        const address = rows[index++] as number;
        const row = rowChunks[address >>> CHUNK_BITS] as Int32Array;
        const at = (address & CHUNK_MASK) - before;
        const isSpilled = row[at] === SPILLED;
        for (let sketch = 0; sketch < width; sketch++) {
          const out = outs[sketch] as Output;
          const beforeBytes = out.fullBytes + out.at;
          if (isSpilled) (sketches[sketch] as Sketch).encodeState(address, out);
          else (sketches[sketch] as Sketch).encodeEntries(entries, gather(row, at, sketch), out);
          bytes += out.fullBytes + out.at - beforeBytes;
        }
      }
      return index;
    },
  };
};
