import type { MeasureColumn } from "../../columns/columns.js";
import { CHUNK_BITS, CHUNK_MASK, type Chunks } from "../chunks.js";
import { type Output, putVarint, putZigzag, reserve, VARINT_BYTES_MAX } from "../output.js";
import type { Slabs } from "../slabs.js";
import { sortIntegers } from "./integers.js";
import type { Sketch, SketchMaker } from "./sketch.js";
import { columnMismatch, STATE_VERSION } from "./store.js";

/*
 * Histograms. An entry is a value's bin with its sign bit turned: never 0. A state is a head above the form and the size of the
 * group's slab; then the slab's address.
 *   TABLE   pairs of bin and count by open addressing, at most 3/4 full; a count of 0 is empty; the head holds how many
 *   WINDOW  the count of each bin from the one on that the head holds
 * Counts are uint32: a segment has fewer events.
 */
const SIGN = 1 << 31;
const SIZE_MASK = 31;
const TABLE = 0 << 5;
const WINDOW = 1 << 5;
const HEAD_BITS = 6;
const ONE = 1 << HEAD_BITS;
const TABLE_BITS_MIN = 7;
/** A window is taken where it is at most so many times greater than a table. */
const WINDOW_BITS_MORE = 2;
const HEAD_BYTES_MAX = 2 + VARINT_BYTES_MAX;
/** Of a bin and its count. */
const PAIR_BYTES_MAX = 4 + 5;

const bitsFor = (words: number): number => 32 - Math.clz32(words - 1);

/** Bins and their counts, of one state at a time. */
let bins = new Int32Array(256);
let counts = new Int32Array(256);
/** Takes what is read ahead, so that reading it is not left out. */
const touched = new Int32Array(1);

const makeRoom = (pairs: number): void => {
  if (pairs <= bins.length) return;
  bins = new Int32Array(pairs * 2);
  counts = new Int32Array(pairs * 2);
};

const hashOf = (bin: number, sizeBits: number): number => Math.imul(bin, 0x9e3779b1) >>> (32 - sizeBits);

/** Index of the bin's pair in its chunk, or of the empty one where it belongs. */
const pairOf = (chunk: Int32Array, base: number, sizeBits: number, bin: number): number => {
  const mask = (1 << sizeBits) - 2;
  for (let at = hashOf(bin, sizeBits) & mask; ; at = (at + 2) & mask) {
    if (chunk[base + at + 1] === 0 || chunk[base + at] === bin) return base + at;
  }
};

class Quantiles implements Sketch {
  readonly #subBits: number;
  readonly #rowChunks: readonly Int32Array[];
  readonly #before: number;
  readonly #slabs: Slabs;
  readonly #chunks: readonly Int32Array[];

  constructor(subBits: number, rows: Chunks, before: number, slabs: Slabs) {
    this.#subBits = subBits;
    this.#rowChunks = rows.chunks;
    this.#before = before;
    this.#slabs = slabs;
    this.#chunks = slabs.chunks;
  }

  toEntries(
    column: MeasureColumn | undefined,
    events: Int32Array,
    count: number,
    into: Int32Array,
    first: number,
    stride: number,
  ): void {
    if (column?.kind !== "bins") return columnMismatch("quantiles", column);
    const { present, bins: added } = column;
    for (let index = 0, at = first; index < count; index++, at += stride) {
      const event = events[index] as number;
      into[at] = present[event] === 1 ? (added[event] as number) ^ SIGN : 0;
    }
  }

  add(rows: Int32Array, count: number, entries: Int32Array, first: number, stride: number): void {
    this.#touch(rows, count, entries, first, stride);
    for (let index = 0, at = first; index < count; index++, at += stride) {
      const entry = entries[at] as number;
      if (entry === 0) continue;
      const row = rows[index] as number;
      this.#addBin(
        this.#rowChunks[row >>> CHUNK_BITS] as Int32Array,
        (row & CHUNK_MASK) - this.#before,
        entry ^ SIGN,
      );
    }
  }

  /** Fetches the words that bins are counted in: together they wait for memory once. */
  #touch(rows: Int32Array, count: number, entries: Int32Array, first: number, stride: number): void {
    const rowChunks = this.#rowChunks;
    const before = this.#before;
    const chunks = this.#chunks;
    let read = 0;
    for (let index = 0, at = first; index < count; index++, at += stride) {
      const row = rows[index] as number;
      const words = rowChunks[row >>> CHUNK_BITS] as Int32Array;
      const head = words[(row & CHUNK_MASK) - before] as number;
      const address = words[(row & CHUNK_MASK) - before + 1] as number;
      const sizeBits = head & SIZE_MASK;
      const bin = (entries[at] as number) ^ SIGN;
      const place = (head & WINDOW) === 0 ? hashOf(bin, sizeBits) : bin - (head >> HEAD_BITS);
      const word = place & ((1 << sizeBits) - 1);
      read ^= (chunks[address >>> CHUNK_BITS] as Int32Array)[(address & CHUNK_MASK) + word] as number;
    }
    touched[0] = read;
  }

  encodeEntries(entries: Int32Array, count: number, out: Output): void {
    makeRoom(count);
    for (let index = 0; index < count; index++) entries[index] = (entries[index] as number) ^ SIGN;
    sortIntegers(entries, count);
    let found = 0;
    for (let index = 0; index < count; found++) {
      const bin = entries[index] as number;
      const first = index++;
      while (index < count && entries[index] === bin) index++;
      bins[found] = bin;
      counts[found] = index - first;
    }
    this.#put(found, out);
  }

  encodeState(row: number, out: Output): void {
    const chunk = this.#rowChunks[row >>> CHUNK_BITS] as Int32Array;
    const at = (row & CHUNK_MASK) - this.#before;
    const head = chunk[at] as number;
    const address = chunk[at + 1] as number;
    const found = head === 0 ? 0 : this.#gather(head, address);
    if (head !== 0 && (head & WINDOW) === 0) {
      sortIntegers(bins, found);
      const table = this.#chunks[address >>> CHUNK_BITS] as Int32Array;
      for (let index = 0; index < found; index++) {
        const pair = pairOf(table, address & CHUNK_MASK, head & SIZE_MASK, bins[index] as number);
        counts[index] = table[pair + 1] as number;
      }
    }
    this.#put(found, out);
  }

  /** Writes a state's pairs to `bins` and `counts`, a window's in ascending order. Returns how many. */
  #gather(head: number, address: number): number {
    const chunk = this.#chunks[address >>> CHUNK_BITS] as Int32Array;
    const base = address & CHUNK_MASK;
    const sizeBits = head & SIZE_MASK;
    let found = 0;
    if ((head & WINDOW) !== 0) {
      const size = 1 << sizeBits;
      makeRoom(size);
      const first = head >> HEAD_BITS;
      for (let word = 0; word < size; word++) {
        const count = chunk[base + word] as number;
        if (count === 0) continue;
        bins[found] = first + word;
        counts[found++] = count;
      }
      return found;
    }
    const pairs = head >> HEAD_BITS;
    makeRoom(pairs + 1);
    for (let pair = base; found < pairs; pair += 2) {
      const count = chunk[pair + 1] as number;
      if (count === 0) continue;
      bins[found] = chunk[pair] as number;
      counts[found++] = count;
    }
    return found;
  }

  /** Moves the state to the form and the size that its bins and one more ask for. */
  #enlarge(row: Int32Array, at: number, bin: number): void {
    const head = row[at] as number;
    const address = row[at + 1] as number;
    const found = head === 0 ? 0 : this.#gather(head, address);
    if (head !== 0) this.#slabs.give(address, head & SIZE_MASK);
    let least = bin;
    let greatest = bin;
    for (let index = 0; index < found; index++) {
      least = Math.min(least, bins[index] as number);
      greatest = Math.max(greatest, bins[index] as number);
    }
    const tableBits = Math.max(TABLE_BITS_MIN, bitsFor((found + 1) * 4));
    const width = greatest - least + 1;
    const windowBits = Math.max(tableBits, bitsFor(width + (width >> 2)));
    const isWindow = windowBits <= tableBits + WINDOW_BITS_MORE;
    const sizeBits = isWindow ? windowBits : tableBits;
    const newAddress = this.#slabs.take(sizeBits);
    const chunk = this.#chunks[newAddress >>> CHUNK_BITS] as Int32Array;
    const base = newAddress & CHUNK_MASK;
    const first = least - (((1 << sizeBits) - width) >> 1);
    row[at] = isWindow ? (first << HEAD_BITS) | WINDOW | sizeBits : (found << HEAD_BITS) | TABLE | sizeBits;
    row[at + 1] = newAddress;
    for (let index = 0; index < found; index++) {
      const standing = bins[index] as number;
      const word = isWindow ? base + standing - first : pairOf(chunk, base, sizeBits, standing) + 1;
      if (!isWindow) chunk[word - 1] = standing;
      chunk[word] = counts[index] as number;
    }
  }

  #addBin(row: Int32Array, at: number, bin: number): void {
    const head = row[at] as number;
    const address = row[at + 1] as number;
    const chunk = this.#chunks[address >>> CHUNK_BITS] as Int32Array;
    const base = address & CHUNK_MASK;
    const sizeBits = head & SIZE_MASK;
    if ((head & WINDOW) !== 0) {
      const word = bin - (head >> HEAD_BITS);
      if (word >= 0 && word >>> sizeBits === 0) {
        chunk[base + word] = (chunk[base + word] as number) + 1;
        return;
      }
    } else if (head !== 0) {
      const pair = pairOf(chunk, base, sizeBits, bin);
      const standing = chunk[pair + 1] as number;
      if (standing !== 0 || (head >> HEAD_BITS) * 8 < 3 << sizeBits) {
        chunk[pair] = bin;
        chunk[pair + 1] = standing + 1;
        if (standing === 0) row[at] = head + ONE;
        return;
      }
    }
    this.#enlarge(row, at, bin);
    this.#addBin(row, at, bin);
  }

  /** Writes the first `found` of `bins` and `counts`, which are ascending. */
  #put(found: number, out: Output): void {
    reserve(out, HEAD_BYTES_MAX + found * PAIR_BYTES_MAX);
    const { bytes } = out;
    let { at } = out;
    bytes[at++] = STATE_VERSION;
    bytes[at++] = this.#subBits;
    at = putVarint(bytes, at, found);
    let previous = 0;
    for (let index = 0; index < found; index++) {
      const bin = bins[index] as number;
      at = index === 0 ? putZigzag(bytes, at, bin) : putVarint(bytes, at, bin - previous - 1);
      previous = bin;
      at = putVarint(bytes, at, (counts[index] as number) >>> 0);
    }
    out.at = at;
  }
}

export const quantilesSketch =
  (subBits: number): SketchMaker =>
  (rows, before, slabs) =>
    new Quantiles(subBits, rows, before, slabs);
