import { COUPON_SLOT_BITS, NO_COUPON } from "@freshet/model";
import { CHUNK_BITS, CHUNK_MASK, type Chunks } from "../chunks.js";
import { type Output, putVarint, reserve, VARINT_BYTES_MAX } from "../output.js";
import type { Slabs } from "../slabs.js";
import { sortIntegers } from "./integers.js";
import { columnMismatch, SLICE_BYTES_MAX, STATE_VERSION, type StateForm, type Store } from "./store.js";

/*
 * HyperLogLog registers. A row holds a head: how many registers are raised, above the form and the size of the group's slab;
 * then the first entries themselves or, once they are more, the slab's address.
 *   LIST   entries `slot << 6 | rank` in no order; of size 0 in the row itself
 *   TABLE  entries by open addressing, at most 3/4 full; the slot's low bits are its hash, 0 is empty
 *   DENSE  a byte for each slot, four to a word, the first lowest
 */
const ROW_ENTRIES = 3;
const RANK_BITS = 6;
const RANK_MASK = (1 << RANK_BITS) - 1;
const SIZE_MASK = 31;
const LIST = 0 << 5;
const TABLE = 1 << 5;
const DENSE = 2 << 5;
const FORM_MASK = 3 << 5;
const COUNT_BITS = 7;
const ONE = 1 << COUNT_BITS;
const LIST_BITS_MIN = 3;
const LIST_BITS_MAX = 4;
const ENTRY_BYTES_MAX = 4;
/** As `encodeRegisters` has it. */
const STORED_DENSE = 0x80;

const sameSlot = (a: number, b: number): boolean => a >>> RANK_BITS === b >>> RANK_BITS;

export const distinctForm = (lgK: number): StateForm => ({
  words: 1 + ROW_ENTRIES,
  isDouble: false,
  create: (rows, before, slabs) => createDistinctStore(lgK, rows, before, slabs),
});

const createDistinctStore = (
  lgK: number,
  { chunks: rowChunks }: Chunks,
  before: number,
  slabs: Slabs,
): Store => {
  const slotMask = (1 << lgK) - 1;
  const storedSparseMax = (1 << lgK) >> 2;
  const denseBits = lgK - 2;
  const { chunks } = slabs;
  let entries = new Int32Array(256);

  /** Puts an entry into a slab that has room for it. */
  const put = (head: number, address: number, entry: number): void => {
    const chunk = chunks[address >>> CHUNK_BITS] as Int32Array;
    const base = address & CHUNK_MASK;
    const form = head & FORM_MASK;
    if (form === LIST) chunk[base + (head >>> COUNT_BITS)] = entry;
    else if (form === TABLE) {
      const mask = (1 << (head & SIZE_MASK)) - 1;
      let at = (entry >>> RANK_BITS) & mask;
      while (chunk[base + at] !== 0) at = (at + 1) & mask;
      chunk[base + at] = entry;
    } else {
      const slot = entry >>> RANK_BITS;
      const word = base + (slot >>> 2);
      chunk[word] = (chunk[word] as number) | ((entry & RANK_MASK) << ((slot & 3) * 8));
    }
  };

  /** Moves the group whose head is at `at` to the next greater form or size. */
  const enlarge = (row: Int32Array, at: number): void => {
    const head = row[at] as number;
    const sizeBits = head & SIZE_MASK;
    const moreBits = sizeBits === 0 ? LIST_BITS_MIN : sizeBits + 1;
    const form = moreBits >= denseBits ? DENSE : moreBits > LIST_BITS_MAX ? TABLE : LIST;
    const newBits = form === DENSE ? denseBits : moreBits;
    const newAddress = slabs.take(newBits);
    const address = row[at + 1] as number;
    const list = sizeBits === 0 ? row : (chunks[address >>> CHUNK_BITS] as Int32Array);
    const base = sizeBits === 0 ? at + 1 : address & CHUNK_MASK;
    const end = base + (sizeBits === 0 ? ROW_ENTRIES : 1 << sizeBits);
    let newHead = form | newBits;
    for (let index = base; index < end; index++) {
      const entry = list[index] as number;
      if (entry === 0) continue;
      put(newHead, newAddress, entry);
      newHead += ONE;
    }
    if (sizeBits !== 0) slabs.give(address, sizeBits);
    row[at] = newHead;
    row[at + 1] = newAddress;
  };

  const raiseList = (row: Int32Array, at: number, entry: number): void => {
    const head = row[at] as number;
    const sizeBits = head & SIZE_MASK;
    const address = row[at + 1] as number;
    const list = sizeBits === 0 ? row : (chunks[address >>> CHUNK_BITS] as Int32Array);
    const base = sizeBits === 0 ? at + 1 : address & CHUNK_MASK;
    const count = head >>> COUNT_BITS;
    for (let index = base; index < base + count; index++) {
      const standing = list[index] as number;
      if (!sameSlot(standing, entry)) continue;
      if (standing < entry) list[index] = entry;
      return;
    }
    if (count === (sizeBits === 0 ? ROW_ENTRIES : 1 << sizeBits)) {
      enlarge(row, at);
      insert(row, at, entry);
      return;
    }
    list[base + count] = entry;
    row[at] = head + ONE;
  };

  const raiseTable = (row: Int32Array, at: number, entry: number): void => {
    const head = row[at] as number;
    const address = row[at + 1] as number;
    const chunk = chunks[address >>> CHUNK_BITS] as Int32Array;
    const base = address & CHUNK_MASK;
    const size = 1 << (head & SIZE_MASK);
    let index = (entry >>> RANK_BITS) & (size - 1);
    for (; chunk[base + index] !== 0; index = (index + 1) & (size - 1)) {
      const standing = chunk[base + index] as number;
      if (!sameSlot(standing, entry)) continue;
      if (standing < entry) chunk[base + index] = entry;
      return;
    }
    if ((head >>> COUNT_BITS) * 4 >= size * 3) {
      enlarge(row, at);
      insert(row, at, entry);
      return;
    }
    chunk[base + index] = entry;
    row[at] = head + ONE;
  };

  const raiseDense = (row: Int32Array, at: number, entry: number): void => {
    const address = row[at + 1] as number;
    const chunk = chunks[address >>> CHUNK_BITS] as Int32Array;
    const slot = entry >>> RANK_BITS;
    const word = (address & CHUNK_MASK) + (slot >>> 2);
    const shift = (slot & 3) * 8;
    const ranks = chunk[word] as number;
    const rank = entry & RANK_MASK;
    const standing = (ranks >>> shift) & RANK_MASK;
    if (standing >= rank) return;
    chunk[word] = (ranks & ~(RANK_MASK << shift)) | (rank << shift);
    if (standing === 0) row[at] = (row[at] as number) + ONE;
  };

  const insert = (row: Int32Array, at: number, entry: number): void => {
    const form = (row[at] as number) & FORM_MASK;
    if (form === LIST) raiseList(row, at, entry);
    else if (form === TABLE) raiseTable(row, at, entry);
    else raiseDense(row, at, entry);
  };

  /** Entries of a group that stores them sparsely, ascending, to the front of `entries`. */
  const gather = (row: Int32Array, at: number): void => {
    const head = row[at] as number;
    const count = head >>> COUNT_BITS;
    const sizeBits = head & SIZE_MASK;
    if (count > entries.length) entries = new Int32Array(count * 2);
    const address = row[at + 1] as number;
    const list = sizeBits === 0 ? row : (chunks[address >>> CHUNK_BITS] as Int32Array);
    const base = sizeBits === 0 ? at + 1 : address & CHUNK_MASK;
    let found = 0;
    if ((head & FORM_MASK) === DENSE) {
      for (let slot = 0; found < count; slot++) {
        const rank = ((list[base + (slot >>> 2)] as number) >>> ((slot & 3) * 8)) & RANK_MASK;
        if (rank !== 0) entries[found++] = (slot << RANK_BITS) | rank;
      }
      return;
    }
    for (let index = base; found < count; index++) {
      const entry = list[index] as number;
      if (entry !== 0) entries[found++] = entry;
    }
    sortIntegers(entries, count);
  };

  const encodeSparse = (row: Int32Array, rowAt: number, out: Output): void => {
    const count = (row[rowAt] as number) >>> COUNT_BITS;
    gather(row, rowAt);
    reserve(out, 2 + VARINT_BYTES_MAX + count * ENTRY_BYTES_MAX);
    const { bytes } = out;
    let at = out.at;
    bytes[at] = STATE_VERSION;
    bytes[at + 1] = lgK;
    at = putVarint(bytes, at + 2, count);
    let next = 0;
    for (let index = 0; index < count; index++) {
      const entry = entries[index] as number;
      at = putVarint(bytes, at, entry - (next << RANK_BITS));
      next = (entry >>> RANK_BITS) + 1;
    }
    out.at = at;
  };

  const encodeDense = (address: number, out: Output): void => {
    reserve(out, 2 + (1 << lgK));
    const { bytes } = out;
    let { at } = out;
    bytes[at++] = STATE_VERSION;
    bytes[at++] = lgK | STORED_DENSE;
    const chunk = chunks[address >>> CHUNK_BITS] as Int32Array;
    const base = address & CHUNK_MASK;
    for (let word = base; word < base + (1 << denseBits); word++) {
      const ranks = chunk[word] as number;
      bytes[at++] = ranks & 0xff;
      bytes[at++] = (ranks >>> 8) & 0xff;
      bytes[at++] = (ranks >>> 16) & 0xff;
      bytes[at++] = ranks >>> 24;
    }
    out.at = at;
  };

  return {
    add(column, events, rows, count) {
      if (column.kind !== "coupons") return columnMismatch("countDistinct", column);
      const { coupons } = column;
      for (let index = 0; index < count; index++) {
        const coupon = coupons[events[index] as number] as number;
        if (coupon === NO_COUPON) continue;
        const entry = ((coupon & slotMask) << RANK_BITS) | (coupon >>> COUPON_SLOT_BITS);
        const row = rows[index] as number;
        insert(rowChunks[row >>> CHUNK_BITS] as Int32Array, (row & CHUNK_MASK) - before, entry);
      }
    },
    encode(rows, from, toExclusive, out) {
      const stopAt = out.fullBytes + out.at + SLICE_BYTES_MAX;
      let index = from;
      while (index < toExclusive && out.fullBytes + out.at < stopAt) {
        const row = rows[index++] as number;
        const chunk = rowChunks[row >>> CHUNK_BITS] as Int32Array;
        const at = (row & CHUNK_MASK) - before;
        if ((chunk[at] as number) >>> COUNT_BITS > storedSparseMax) encodeDense(chunk[at + 1] as number, out);
        else encodeSparse(chunk, at, out);
      }
      return index;
    },
  };
};
