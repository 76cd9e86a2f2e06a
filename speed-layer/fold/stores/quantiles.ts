import { CHUNK_BITS, CHUNK_MASK, type Chunks } from "../chunks.js";
import { type Output, putVarint, putZigzag, reserve, VARINT_BYTES_MAX } from "../output.js";
import type { Slabs } from "../slabs.js";
import { sortIntegers } from "./integers.js";
import { columnMismatch, SLICE_BYTES_MAX, STATE_VERSION, type StateForm, type Store } from "./store.js";

/*
 * Histograms. A row holds a head: a number of values or bins, above the form and the size of the group's slab; then the bins
 * of the first values themselves or, once they are more, the slab's address.
 *   LIST   the bin of each value, as they came; of size 0 in the row itself
 *   TABLE  pairs of bin and count by open addressing, at most 3/4 full; a count of 0 is empty
 * Counts are uint32: a segment has fewer events.
 */
const ROW_BINS = 3;
const SIZE_MASK = 31;
const TABLE = 1 << 5;
const COUNT_BITS = 6;
const ONE = 1 << COUNT_BITS;
const LIST_BITS_MIN = 3;
const LIST_BITS_MAX = 5;
const TABLE_BITS_MIN = 4;
const HEAD_BYTES_MAX = 2 + VARINT_BYTES_MAX;
/** Of a bin and its count. */
const PAIR_BYTES_MAX = 4 + 5;

export const quantilesForm = (subBits: number): StateForm => ({
  words: 1 + ROW_BINS,
  isDouble: false,
  create: (rows, before, slabs) => createQuantilesStore(subBits, rows, before, slabs),
});

const createQuantilesStore = (
  subBits: number,
  { chunks: rowChunks }: Chunks,
  before: number,
  slabs: Slabs,
): Store => {
  const { chunks } = slabs;
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

  const listToTable = (row: Int32Array, at: number): void => {
    const address = row[at + 1] as number;
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
    row[at] = (distinct << COUNT_BITS) | TABLE | sizeBits;
    row[at + 1] = tableAddress;
  };

  const enlargeTable = (row: Int32Array, at: number): void => {
    const head = row[at] as number;
    const address = row[at + 1] as number;
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
    row[at] = head + 1;
    row[at + 1] = newAddress;
  };

  const addToTable = (row: Int32Array, at: number, bin: number): void => {
    if (((row[at] as number) >>> COUNT_BITS) * 8 >= 3 << ((row[at] as number) & SIZE_MASK))
      enlargeTable(row, at);
    const head = row[at] as number;
    const address = row[at + 1] as number;
    const chunk = chunks[address >>> CHUNK_BITS] as Int32Array;
    if (addPair(chunk, address & CHUNK_MASK, head & SIZE_MASK, bin, 1)) row[at] = head + ONE;
  };

  const lengthenList = (row: Int32Array, at: number): void => {
    const head = row[at] as number;
    const sizeBits = head & SIZE_MASK;
    const newBits = sizeBits === 0 ? LIST_BITS_MIN : sizeBits + 1;
    const newAddress = slabs.take(newBits);
    const newList = chunks[newAddress >>> CHUNK_BITS] as Int32Array;
    const address = row[at + 1] as number;
    const list = sizeBits === 0 ? row : (chunks[address >>> CHUNK_BITS] as Int32Array);
    const base = sizeBits === 0 ? at + 1 : address & CHUNK_MASK;
    const newBase = newAddress & CHUNK_MASK;
    for (let index = 0; index < head >>> COUNT_BITS; index++)
      newList[newBase + index] = list[base + index] as number;
    if (sizeBits !== 0) slabs.give(address, sizeBits);
    row[at] = (head & ~SIZE_MASK) | newBits;
    row[at + 1] = newAddress;
  };

  const addBin = (row: Int32Array, at: number, bin: number): void => {
    const head = row[at] as number;
    if ((head & TABLE) !== 0) {
      addToTable(row, at, bin);
      return;
    }
    const count = head >>> COUNT_BITS;
    const sizeBits = head & SIZE_MASK;
    if (sizeBits === 0 && count < ROW_BINS) {
      row[at + 1 + count] = bin;
      row[at] = head + ONE;
      return;
    }
    if (count === 1 << LIST_BITS_MAX) {
      listToTable(row, at);
      addToTable(row, at, bin);
      return;
    }
    if (sizeBits === 0 || count === 1 << sizeBits) lengthenList(row, at);
    const address = row[at + 1] as number;
    const chunk = chunks[address >>> CHUNK_BITS] as Int32Array;
    chunk[(address & CHUNK_MASK) + count] = bin;
    row[at] = (row[at] as number) + ONE;
  };

  /** A list's bins, as often as they came: one byte says how many there are, since they are few. */
  const encodeList = (row: Int32Array, rowAt: number, out: Output): void => {
    const head = row[rowAt] as number;
    const count = head >>> COUNT_BITS;
    const sizeBits = head & SIZE_MASK;
    const address = row[rowAt + 1] as number;
    const list = sizeBits === 0 ? row : (chunks[address >>> CHUNK_BITS] as Int32Array);
    const base = sizeBits === 0 ? rowAt + 1 : address & CHUNK_MASK;
    for (let index = 0; index < count; index++) bins[index] = list[base + index] as number;
    sortIntegers(bins, count);
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
    add(column, events, rows, count) {
      if (column.kind !== "bins") return columnMismatch("quantiles", column);
      const { present, bins: added } = column;
      for (let index = 0; index < count; index++) {
        const event = events[index] as number;
        if (present[event] !== 1) continue;
        const row = rows[index] as number;
        const chunk = rowChunks[row >>> CHUNK_BITS] as Int32Array;
        addBin(chunk, (row & CHUNK_MASK) - before, added[event] as number);
      }
    },
    encode(rows, from, toExclusive, out) {
      const stopAt = out.fullBytes + out.at + SLICE_BYTES_MAX;
      let index = from;
      while (index < toExclusive && out.fullBytes + out.at < stopAt) {
        const row = rows[index++] as number;
        const chunk = rowChunks[row >>> CHUNK_BITS] as Int32Array;
        const at = (row & CHUNK_MASK) - before;
        const head = chunk[at] as number;
        if ((head & TABLE) === 0) encodeList(chunk, at, out);
        else encodeTable(head, chunk[at + 1] as number, out);
      }
      return index;
    },
  };
};
