import type { MeasureColumn } from "../../columns/columns.js";
import { CHUNK_BITS, CHUNK_MASK, type Chunks } from "../chunks.js";
import { BLOCK_EVENTS } from "../groupTable.js";
import { type Output, outputLength } from "../output.js";
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
    new SketchLog(
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

class SketchLog implements Store {
  readonly #sketches: readonly Sketch[];
  readonly #width: number;
  readonly #rowChunks: readonly Int32Array[];
  readonly #before: number;
  readonly #slabs: Slabs;
  readonly #chunks: readonly Int32Array[];
  readonly #capacities: Int32Array;
  /** Of the events of a block. */
  readonly #entries: Int32Array;
  /** Those of spilled groups, and their rows. */
  readonly #spilledEntries: Int32Array;
  readonly #spilledRows = new Int32Array(BLOCK_EVENTS);
  /** The log of a group, and its row beside each event. */
  readonly #logged: Int32Array;
  readonly #loggedRows = new Int32Array(LOG_EVENTS_MAX);

  constructor(sketches: readonly Sketch[], { chunks }: Chunks, before: number, slabs: Slabs) {
    this.#sketches = sketches;
    this.#width = sketches.length;
    this.#rowChunks = chunks;
    this.#before = before;
    this.#slabs = slabs;
    this.#chunks = slabs.chunks;
    this.#capacities = capacitiesOf(sketches.length);
    this.#entries = new Int32Array(BLOCK_EVENTS * sketches.length);
    this.#spilledEntries = new Int32Array(BLOCK_EVENTS * sketches.length);
    this.#logged = new Int32Array(LOG_EVENTS_MAX * sketches.length);
  }

  add(columns: readonly MeasureColumn[], events: Int32Array, rows: Int32Array, count: number): void {
    const width = this.#width;
    this.#sketches.forEach((sketch, place) => {
      sketch.toEntries(columns[place], events, count, this.#entries, place, width);
    });
    const spilled = this.#log(rows, count);
    this.#sketches.forEach((sketch, place) => {
      sketch.add(this.#spilledRows, spilled, this.#spilledEntries, place, width);
    });
  }

  encode(rows: Int32Array, from: number, toExclusive: number, outs: readonly Output[]): number {
    let bytes = 0;
    let index = from;
    while (index < toExclusive && bytes < SLICE_BYTES_MAX) {
      const address = rows[index++] as number;
      const row = this.#rowChunks[address >>> CHUNK_BITS] as Int32Array;
      const at = (address & CHUNK_MASK) - this.#before;
      const isSpilled = row[at] === SPILLED;
      for (let place = 0; place < this.#width; place++) {
        const sketch = this.#sketches[place] as Sketch;
        const out = outs[place] as Output;
        const written = outputLength(out);
        if (isSpilled) sketch.encodeState(address, out);
        else sketch.encodeEntries(this.#entries, this.#gather(row, at, place), out);
        bytes += outputLength(out) - written;
      }
    }
    return index;
  }

  /** Copies a group's log to `into`. */
  #copyLog(row: Int32Array, at: number, into: Int32Array, intoAt: number): void {
    const head = row[at] as number;
    const address = row[at + 1] as number;
    const inRow = (head & SIZE_MASK) === 0;
    const list = inRow ? row : (this.#chunks[address >>> CHUNK_BITS] as Int32Array);
    const base = inRow ? at + 1 : address & CHUNK_MASK;
    const words = (head >>> SIZE_BITS) * this.#width;
    for (let word = 0; word < words; word++) into[intoAt + word] = list[base + word] as number;
  }

  #giveSlab(row: Int32Array, at: number): void {
    const sizeBits = (row[at] as number) & SIZE_MASK;
    if (sizeBits !== 0) this.#slabs.give(row[at + 1] as number, sizeBits);
  }

  #enlarge(row: Int32Array, at: number): void {
    const head = row[at] as number;
    let sizeBits = head & SIZE_MASK;
    const wanted = Math.min(LOG_EVENTS_MAX, 2 * (head >>> SIZE_BITS));
    do sizeBits++;
    while ((this.#capacities[sizeBits] as number) < wanted);
    const address = this.#slabs.take(sizeBits);
    this.#copyLog(row, at, this.#chunks[address >>> CHUNK_BITS] as Int32Array, address & CHUNK_MASK);
    this.#giveSlab(row, at);
    row[at] = (head & ~SIZE_MASK) | sizeBits;
    row[at + 1] = address;
  }

  /** Turns the log of the group into each sketch's own form. */
  #spill(address: number, row: Int32Array, at: number): void {
    const width = this.#width;
    const logged = this.#logged;
    this.#copyLog(row, at, logged, 0);
    this.#giveSlab(row, at);
    row.fill(0, at + 1, at + logWords(width));
    row[at] = SPILLED;
    const rows = this.#loggedRows.fill(address);
    this.#sketches.forEach((sketch, place) => {
      sketch.add(rows, LOG_EVENTS_MAX, logged, place, width);
    });
  }

  /** Logs the events of a block, but for those of spilled groups, which it lays aside. Returns how many these are. */
  #log(rows: Int32Array, count: number): number {
    const width = this.#width;
    const before = this.#before;
    const rowChunks = this.#rowChunks;
    const capacities = this.#capacities;
    const entries = this.#entries;
    const spilledRows = this.#spilledRows;
    const spilledEntries = this.#spilledEntries;
    let spilled = 0;
    for (let event = 0; event < count; event++) {
      const address = rows[event] as number;
      const row = rowChunks[address >>> CHUNK_BITS] as Int32Array;
      const at = (address & CHUNK_MASK) - before;
      let head = row[at] as number;
      if (head !== SPILLED && head >>> SIZE_BITS === capacities[head & SIZE_MASK]) {
        if (head >>> SIZE_BITS === LOG_EVENTS_MAX) this.#spill(address, row, at);
        else this.#enlarge(row, at);
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
      const list = inRow ? row : (this.#chunks[slab >>> CHUNK_BITS] as Int32Array);
      const base = (inRow ? at + 1 : slab & CHUNK_MASK) + (head >>> SIZE_BITS) * width;
      for (let sketch = 0; sketch < width; sketch++)
        list[base + sketch] = entries[event * width + sketch] as number;
      row[at] = head + ONE;
    }
    return spilled;
  }

  /** The entries of one sketch that are not 0, to the front of `entries`. Returns how many. */
  #gather(row: Int32Array, at: number, sketch: number): number {
    const head = row[at] as number;
    const address = row[at + 1] as number;
    const inRow = (head & SIZE_MASK) === 0;
    const list = inRow ? row : (this.#chunks[address >>> CHUNK_BITS] as Int32Array);
    const base = (inRow ? at + 1 : address & CHUNK_MASK) + sketch;
    const width = this.#width;
    const end = base + (head >>> SIZE_BITS) * width;
    const entries = this.#entries;
    let found = 0;
    for (let word = base; word < end; word += width) {
      const entry = list[word] as number;
      entries[found] = entry;
      if (entry !== 0) found++;
    }
    return found;
  }
}
