import { CHUNK_BITS, CHUNK_MASK } from "../chunks.js";
import { type Output, putVarint, putZigzag, reserve, VARINT_BYTES_MAX } from "../output.js";
import { createPages, PAGE_BITS, PAGE_MASK } from "../pages.js";
import type { Slabs } from "../slabs.js";
import { sortIntegers } from "./integers.js";
import { columnMismatch, SLICE_BYTES_MAX, STATE_VERSION, type Store } from "./store.js";

/*
 * Histograms. A group holds two words: a number of values or bins, above the form and the size of its slab; then the slab's
 * address.
 *   LIST   the bin of each value, as they came; a single one stands in the address's place
 *   TABLE  pairs of bin and count by open addressing, at most 3/4 full; a count of 0 is empty
 * Counts are uint32: a segment has fewer events.
 */
const SIZE_MASK = 31;
const TABLE = 1 << 5;
const COUNT_BITS = 6;
const ONE = 1 << COUNT_BITS;
const LIST_BITS_MIN = 2;
const LIST_BITS_MAX = 5;
const TABLE_BITS_MIN = 4;
const HEAD_BYTES_MAX = 2 + VARINT_BYTES_MAX;
/** Of a bin and its count. */
const PAIR_BYTES_MAX = 4 + 5;

export const createQuantilesStore = (subBits: number, slabs: Slabs): Store => {
  const { chunks } = slabs;
  const { pages, grow } = createPages(2, (length) => new Int32Array(length));
  let bins = new Int32Array(256);

  /** Index of the bin's pair in its chunk, or of the empty one where it belongs. */
  const pairOf = (chunk: Int32Array, base: number, sizeBits: number, bin: number): number => {
    const mask = (1 << sizeBits) - 2;
    const mixed = Math.imul(bin, 0x9e3779b1);
    for (let at = (mixed >>> (32 - sizeBits)) & mask; ; at = (at + 2) & mask) {
      if (chunk[base + at + 1] === 0 || chunk[base + at] === bin) return base + at;
    }
  };

  /** Adds to a table that has room; true for a bin that it did not hold. */
  const addPair = (
    chunk: Int32Array,
    base: number,
    sizeBits: number,
    bin: number,
    count: number,
  ): boolean => {
    const pair = pairOf(chunk, base, sizeBits, bin);
    const standing = chunk[pair + 1] as number;
    chunk[pair] = bin;
    chunk[pair + 1] = standing + count;
    return standing === 0;
  };

  const listToTable = (page: Int32Array, at: number): void => {
    const address = page[at + 1] as number;
    const base = address & CHUNK_MASK;
    const list = chunks[address >>> CHUNK_BITS] as Int32Array;
    for (let index = 0; index < 1 << LIST_BITS_MAX; index++) bins[index] = list[base + index] as number;
    slabs.give(address, LIST_BITS_MAX);
    sortIntegers(bins, 1 << LIST_BITS_MAX);
    let distinct = 1;
    for (let index = 1; index < 1 << LIST_BITS_MAX; index++) if (bins[index] !== bins[index - 1]) distinct++;
    let sizeBits = TABLE_BITS_MIN;
    while (distinct * 4 > 1 << sizeBits) sizeBits++;
    const tableAddress = slabs.take(sizeBits);
    const table = chunks[tableAddress >>> CHUNK_BITS] as Int32Array;
    for (let index = 0; index < 1 << LIST_BITS_MAX; index++)
      addPair(table, tableAddress & CHUNK_MASK, sizeBits, bins[index] as number, 1);
    page[at] = (distinct << COUNT_BITS) | TABLE | sizeBits;
    page[at + 1] = tableAddress;
  };

  const enlargeTable = (page: Int32Array, at: number): void => {
    const head = page[at] as number;
    const address = page[at + 1] as number;
    const sizeBits = head & SIZE_MASK;
    const newAddress = slabs.take(sizeBits + 1);
    const base = address & CHUNK_MASK;
    const newBase = newAddress & CHUNK_MASK;
    const table = chunks[address >>> CHUNK_BITS] as Int32Array;
    const newTable = chunks[newAddress >>> CHUNK_BITS] as Int32Array;
    for (let pair = base; pair < base + (1 << sizeBits); pair += 2) {
      const count = table[pair + 1] as number;
      if (count !== 0) addPair(newTable, newBase, sizeBits + 1, table[pair] as number, count);
    }
    slabs.give(address, sizeBits);
    page[at] = head + 1;
    page[at + 1] = newAddress;
  };

  const addToTable = (page: Int32Array, at: number, bin: number): void => {
    if (((page[at] as number) >>> COUNT_BITS) * 8 >= 3 << ((page[at] as number) & SIZE_MASK))
      enlargeTable(page, at);
    const head = page[at] as number;
    const address = page[at + 1] as number;
    const chunk = chunks[address >>> CHUNK_BITS] as Int32Array;
    if (addPair(chunk, address & CHUNK_MASK, head & SIZE_MASK, bin, 1)) page[at] = head + ONE;
  };

  const lengthenList = (page: Int32Array, at: number): void => {
    const head = page[at] as number;
    const address = page[at + 1] as number;
    const sizeBits = head & SIZE_MASK;
    const newBits = sizeBits === 0 ? LIST_BITS_MIN : sizeBits + 1;
    const newAddress = slabs.take(newBits);
    const newChunk = chunks[newAddress >>> CHUNK_BITS] as Int32Array;
    const newBase = newAddress & CHUNK_MASK;
    if (sizeBits === 0) newChunk[newBase] = address;
    else {
      const chunk = chunks[address >>> CHUNK_BITS] as Int32Array;
      const base = address & CHUNK_MASK;
      for (let index = 0; index < 1 << sizeBits; index++)
        newChunk[newBase + index] = chunk[base + index] as number;
      slabs.give(address, sizeBits);
    }
    page[at] = (head & ~SIZE_MASK) | newBits;
    page[at + 1] = newAddress;
  };

  const addBin = (page: Int32Array, at: number, bin: number): void => {
    const head = page[at] as number;
    if ((head & TABLE) !== 0) {
      addToTable(page, at, bin);
      return;
    }
    const count = head >>> COUNT_BITS;
    if (count === 0) {
      page[at] = ONE;
      page[at + 1] = bin;
      return;
    }
    if (count === 1 << LIST_BITS_MAX) {
      listToTable(page, at);
      addToTable(page, at, bin);
      return;
    }
    if (count === 1 << (head & SIZE_MASK)) lengthenList(page, at);
    const address = page[at + 1] as number;
    const chunk = chunks[address >>> CHUNK_BITS] as Int32Array;
    chunk[(address & CHUNK_MASK) + count] = bin;
    page[at] = (page[at] as number) + ONE;
  };

  /** A list's bins, as often as they came: one byte says how many there are, since they are few. */
  const encodeList = (head: number, address: number, out: Output): void => {
    const count = head >>> COUNT_BITS;
    if ((head & SIZE_MASK) === 0) bins[0] = address;
    else {
      const chunk = chunks[address >>> CHUNK_BITS] as Int32Array;
      const base = address & CHUNK_MASK;
      for (let index = 0; index < count; index++) bins[index] = chunk[base + index] as number;
      sortIntegers(bins, count);
    }
    reserve(out, HEAD_BYTES_MAX + count * PAIR_BYTES_MAX);
    const { bytes, at: start } = out;
    let at = start + 3;
    let found = 0;
    let before = 0;
    for (let index = 0; index < count; found++) {
      const bin = bins[index] as number;
      at = found === 0 ? putZigzag(bytes, at, bin) : putVarint(bytes, at, bin - before - 1);
      before = bin;
      const first = index++;
      while (index < count && bins[index] === bin) index++;
      bytes[at++] = index - first;
    }
    bytes[start] = STATE_VERSION;
    bytes[start + 1] = subBits;
    bytes[start + 2] = found;
    out.at = at;
  };

  const encodeTable = (head: number, address: number, out: Output): void => {
    const count = head >>> COUNT_BITS;
    if (count > bins.length) bins = new Int32Array(count * 2);
    const chunk = chunks[address >>> CHUNK_BITS] as Int32Array;
    const base = address & CHUNK_MASK;
    let found = 0;
    for (let pair = base; found < count; pair += 2)
      if (chunk[pair + 1] !== 0) bins[found++] = chunk[pair] as number;
    sortIntegers(bins, count);
    reserve(out, HEAD_BYTES_MAX + count * PAIR_BYTES_MAX);
    const { bytes } = out;
    let { at } = out;
    bytes[at++] = STATE_VERSION;
    bytes[at++] = subBits;
    at = putVarint(bytes, at, count);
    let before = 0;
    for (let index = 0; index < count; index++) {
      const bin = bins[index] as number;
      at = index === 0 ? putZigzag(bytes, at, bin) : putVarint(bytes, at, bin - before - 1);
      before = bin;
      const pair = pairOf(chunk, base, head & SIZE_MASK, bin);
      at = putVarint(bytes, at, (chunk[pair + 1] as number) >>> 0);
    }
    out.at = at;
  };

  return {
    grow,
    add(column, rows, groups, count) {
      if (column.kind !== "bins") return columnMismatch("quantiles", column);
      const { present, bins: added } = column;
      for (let row = 0; row < count; row++) {
        const index = rows[row] as number;
        if (present[index] !== 1) continue;
        const group = groups[row] as number;
        addBin(pages[group >>> PAGE_BITS] as Int32Array, (group & PAGE_MASK) * 2, added[index] as number);
      }
    },
    encode(groups, from, toExclusive, out) {
      const stopAt = out.fullBytes + out.at + SLICE_BYTES_MAX;
      let index = from;
      while (index < toExclusive && out.fullBytes + out.at < stopAt) {
        const group = groups[index++] as number;
        const page = pages[group >>> PAGE_BITS] as Int32Array;
        const head = page[(group & PAGE_MASK) * 2] as number;
        const address = page[(group & PAGE_MASK) * 2 + 1] as number;
        if ((head & TABLE) === 0) encodeList(head, address, out);
        else encodeTable(head, address, out);
      }
      return index;
    },
  };
};
