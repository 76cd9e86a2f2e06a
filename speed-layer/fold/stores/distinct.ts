import { COUPON_SLOT_BITS, NO_COUPON } from "@freshet/model";
import type { MeasureColumn } from "../../columns/columns.js";
import { CHUNK_BITS, CHUNK_MASK, type Chunks } from "../chunks.js";
import { type Output, putVarint, reserve, VARINT_BYTES_MAX } from "../output.js";
import type { Slabs } from "../slabs.js";
import { sortIntegers } from "./integers.js";
import type { Sketch, SketchMaker } from "./sketch.js";
import { columnMismatch, STATE_VERSION } from "./store.js";

/*
 * HyperLogLog registers. An entry is `slot << 6 | rank`. A state is a head: how many registers are raised, above the form and
 * the size of the group's slab; then the slab's address.
 *   TABLE  entries by open addressing, at most 3/4 full; the slot's low bits are its hash, 0 is empty
 *   DENSE  a byte for each slot, four to a word, the first lowest
 */
const RANK_BITS = 6;
const RANK_MASK = (1 << RANK_BITS) - 1;
const SIZE_MASK = 31;
const TABLE = 0 << 5;
const DENSE = 1 << 5;
const COUNT_BITS = 6;
const ONE = 1 << COUNT_BITS;
const TABLE_BITS_MIN = 6;
/** A table is not worth its searches where it is no smaller than the dense form by so many bits. */
const TABLE_GAIN_BITS = 4;
/** Of a dense word. */
const SLOTS_BITS = 2;
const ENTRY_BYTES_MAX = 4;
/** As `encodeRegisters` has it. */
const STORED_DENSE = 0x80;

const sameSlot = (a: number, b: number): boolean => a >>> RANK_BITS === b >>> RANK_BITS;

/** The entries of one state at a time. */
let found = new Int32Array(256);
/** Takes what is read ahead, so that reading it is not left out. */
const touched = new Int32Array(1);

class Distinct implements Sketch {
  readonly #lgK: number;
  readonly #slotMask: number;
  readonly #storedSparseMax: number;
  readonly #denseBits: number;
  readonly #rowChunks: readonly Int32Array[];
  readonly #before: number;
  readonly #slabs: Slabs;
  readonly #chunks: readonly Int32Array[];

  constructor(lgK: number, rows: Chunks, before: number, slabs: Slabs) {
    this.#lgK = lgK;
    this.#slotMask = (1 << lgK) - 1;
    this.#storedSparseMax = (1 << lgK) >> 2;
    this.#denseBits = lgK - 2;
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
    if (column?.kind !== "coupons") return columnMismatch("countDistinct", column);
    const { coupons } = column;
    const slotMask = this.#slotMask;
    for (let index = 0, at = first; index < count; index++, at += stride) {
      const coupon = coupons[events[index] as number] as number;
      into[at] =
        coupon === NO_COUPON ? 0 : ((coupon & slotMask) << RANK_BITS) | (coupon >>> COUPON_SLOT_BITS);
    }
  }

  add(rows: Int32Array, count: number, entries: Int32Array, first: number, stride: number): void {
    this.#touch(rows, count, entries, first, stride);
    const rowChunks = this.#rowChunks;
    const before = this.#before;
    for (let index = 0, at = first; index < count; index++, at += stride) {
      const entry = entries[at] as number;
      if (entry === 0) continue;
      const row = rows[index] as number;
      this.#insert(rowChunks[row >>> CHUNK_BITS] as Int32Array, (row & CHUNK_MASK) - before, entry);
    }
  }

  /** Fetches the words that entries go to: together they wait for memory once. */
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
      const slot = (entries[at] as number) >>> (RANK_BITS + ((head & DENSE) === 0 ? 0 : SLOTS_BITS));
      const word = slot & ((1 << (head & SIZE_MASK)) - 1);
      read ^= (chunks[address >>> CHUNK_BITS] as Int32Array)[(address & CHUNK_MASK) + word] as number;
    }
    touched[0] = read;
  }

  encodeEntries(entries: Int32Array, count: number, out: Output): void {
    sortIntegers(entries, count);
    let kept = Math.min(count, 1);
    for (let index = 1; index < count; index++) {
      if (!sameSlot(entries[kept - 1] as number, entries[index] as number)) kept++;
      entries[kept - 1] = entries[index] as number;
    }
    if (kept > this.#storedSparseMax) this.#putDense(entries, kept, out);
    else this.#put(entries, kept, out);
  }

  encodeState(row: number, out: Output): void {
    const chunk = this.#rowChunks[row >>> CHUNK_BITS] as Int32Array;
    const at = (row & CHUNK_MASK) - this.#before;
    const head = chunk[at] as number;
    const address = chunk[at + 1] as number;
    const count = head >>> COUNT_BITS;
    if (count > this.#storedSparseMax) this.#encodeDense(address, out);
    else if ((head & DENSE) !== 0) this.#encodeRaised(address, count, out);
    else this.#encodeTable(address, count, out);
  }

  /** Moves the state to the next greater size or form. */
  #enlarge(row: Int32Array, at: number): void {
    const head = row[at] as number;
    const address = row[at + 1] as number;
    const sizeBits = head & SIZE_MASK;
    const moreBits = Math.max(TABLE_BITS_MIN, sizeBits + 1);
    const isDense = moreBits + TABLE_GAIN_BITS > this.#denseBits;
    const newBits = isDense ? this.#denseBits : moreBits;
    row[at] = (isDense ? DENSE : TABLE) | newBits;
    row[at + 1] = this.#slabs.take(newBits);
    if (sizeBits === 0) return;
    const table = this.#chunks[address >>> CHUNK_BITS] as Int32Array;
    const base = address & CHUNK_MASK;
    for (let word = base; word < base + (1 << sizeBits); word++)
      if (table[word] !== 0) this.#insert(row, at, table[word] as number);
    this.#slabs.give(address, sizeBits);
  }

  #raiseTable(row: Int32Array, at: number, entry: number): void {
    const head = row[at] as number;
    const address = row[at + 1] as number;
    const table = this.#chunks[address >>> CHUNK_BITS] as Int32Array;
    const base = address & CHUNK_MASK;
    const size = 1 << (head & SIZE_MASK);
    let slot = (entry >>> RANK_BITS) & (size - 1);
    for (; table[base + slot] !== 0; slot = (slot + 1) & (size - 1)) {
      const standing = table[base + slot] as number;
      if (!sameSlot(standing, entry)) continue;
      if (standing < entry) table[base + slot] = entry;
      return;
    }
    if ((head >>> COUNT_BITS) * 4 >= size * 3) {
      this.#enlarge(row, at);
      this.#insert(row, at, entry);
      return;
    }
    table[base + slot] = entry;
    row[at] = head + ONE;
  }

  #raiseDense(row: Int32Array, at: number, entry: number): void {
    const address = row[at + 1] as number;
    const chunk = this.#chunks[address >>> CHUNK_BITS] as Int32Array;
    const slot = entry >>> RANK_BITS;
    const word = (address & CHUNK_MASK) + (slot >>> 2);
    const shift = (slot & 3) * 8;
    const ranks = chunk[word] as number;
    const rank = entry & RANK_MASK;
    const standing = (ranks >>> shift) & RANK_MASK;
    if (standing >= rank) return;
    chunk[word] = (ranks & ~(RANK_MASK << shift)) | (rank << shift);
    if (standing === 0) row[at] = (row[at] as number) + ONE;
  }

  #insert(row: Int32Array, at: number, entry: number): void {
    if (row[at] === 0) this.#enlarge(row, at);
    if (((row[at] as number) & DENSE) !== 0) this.#raiseDense(row, at, entry);
    else this.#raiseTable(row, at, entry);
  }

  #put(sorted: Int32Array, count: number, out: Output): void {
    reserve(out, 2 + VARINT_BYTES_MAX + count * ENTRY_BYTES_MAX);
    const { bytes } = out;
    let at = out.at;
    bytes[at] = STATE_VERSION;
    bytes[at + 1] = this.#lgK;
    at = putVarint(bytes, at + 2, count);
    let next = 0;
    for (let index = 0; index < count; index++) {
      const entry = sorted[index] as number;
      at = putVarint(bytes, at, entry - (next << RANK_BITS));
      next = (entry >>> RANK_BITS) + 1;
    }
    out.at = at;
  }

  /** Of a sketch so small that logged entries raise most of it. */
  #putDense(sorted: Int32Array, count: number, out: Output): void {
    reserve(out, 2 + (1 << this.#lgK));
    const { bytes, at } = out;
    bytes[at] = STATE_VERSION;
    bytes[at + 1] = this.#lgK | STORED_DENSE;
    out.at = at + 2 + (1 << this.#lgK);
    bytes.fill(0, at + 2, out.at);
    for (let index = 0; index < count; index++) {
      const entry = sorted[index] as number;
      bytes[at + 2 + (entry >>> RANK_BITS)] = entry & RANK_MASK;
    }
  }

  #encodeTable(address: number, count: number, out: Output): void {
    if (count > found.length) found = new Int32Array(count * 2);
    const table = this.#chunks[address >>> CHUNK_BITS] as Int32Array;
    let taken = 0;
    for (let word = address & CHUNK_MASK; taken < count; word++)
      if (table[word] !== 0) found[taken++] = table[word] as number;
    sortIntegers(found, count);
    this.#put(found, count, out);
  }

  /** A dense state of which few registers are raised. */
  #encodeRaised(address: number, count: number, out: Output): void {
    if (count > found.length) found = new Int32Array(count * 2);
    const chunk = this.#chunks[address >>> CHUNK_BITS] as Int32Array;
    const base = address & CHUNK_MASK;
    let taken = 0;
    for (let word = 0; taken < count; word++) {
      let ranks = chunk[base + word] as number;
      for (let slot = word * 4; ranks !== 0; slot++) {
        const rank = ranks & RANK_MASK;
        if (rank !== 0) found[taken++] = (slot << RANK_BITS) | rank;
        ranks >>>= 8;
      }
    }
    this.#put(found, count, out);
  }

  #encodeDense(address: number, out: Output): void {
    reserve(out, 2 + (1 << this.#lgK));
    const { bytes } = out;
    let { at } = out;
    bytes[at++] = STATE_VERSION;
    bytes[at++] = this.#lgK | STORED_DENSE;
    const chunk = this.#chunks[address >>> CHUNK_BITS] as Int32Array;
    const base = address & CHUNK_MASK;
    for (let word = base; word < base + (1 << this.#denseBits); word++) {
      const ranks = chunk[word] as number;
      bytes[at++] = ranks & 0xff;
      bytes[at++] = (ranks >>> 8) & 0xff;
      bytes[at++] = (ranks >>> 16) & 0xff;
      bytes[at++] = ranks >>> 24;
    }
    out.at = at;
  }
}

export const distinctSketch =
  (lgK: number): SketchMaker =>
  (rows, before, slabs) =>
    new Distinct(lgK, rows, before, slabs);
