import { COUPON_SLOT_BITS, NO_COUPON } from "@freshet/model";
import { CHUNK_BITS, CHUNK_MASK } from "../chunks.js";
import { type Output, putVarint, reserve, VARINT_BYTES_MAX } from "../output.js";
import { createPages, PAGE_BITS, PAGE_MASK } from "../pages.js";
import type { Slabs } from "../slabs.js";
import { sortIntegers } from "./integers.js";
import { columnMismatch, SLICE_BYTES_MAX, STATE_VERSION, type Store } from "./store.js";

/*
 * HyperLogLog registers. A group holds two words: how many registers are raised, above the form and the size of its
 * slab; then the slab's address.
 *   LIST   entries `slot << 6 | rank` in no order; a single one stands in the address's place
 *   TABLE  entries by open addressing, at most 3/4 full; the slot's low bits are its hash, 0 is empty
 *   DENSE  a byte for each slot, four to a word, the first lowest
 */
const RANK_BITS = 6;
const RANK_MASK = (1 << RANK_BITS) - 1;
const SIZE_MASK = 31;
const LIST = 0 << 5;
const TABLE = 1 << 5;
const DENSE = 2 << 5;
const FORM_MASK = 3 << 5;
const COUNT_BITS = 7;
const ONE = 1 << COUNT_BITS;
const LIST_BITS_MIN = 2;
const LIST_BITS_MAX = 4;
const ENTRY_BYTES_MAX = 4;
/** As `encodeRegisters` has it. */
const STORED_DENSE = 0x80;

const sameSlot = (a: number, b: number): boolean => a >>> RANK_BITS === b >>> RANK_BITS;

export const createDistinctStore = (lgK: number, slabs: Slabs): Store => {
  const slotMask = (1 << lgK) - 1;
  const storedSparseMax = (1 << lgK) >> 2;
  const denseBits = lgK - 2;
  const { chunks } = slabs;
  const { pages, grow } = createPages(2, (length) => new Int32Array(length));
  let entries = new Int32Array(256);

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

  /** Moves the group at `at` of the page to the next greater form or size. */
  const enlarge = (page: Int32Array, at: number): void => {
    const head = page[at] as number;
    const address = page[at + 1] as number;
    const sizeBits = head & SIZE_MASK;
    const moreBits = sizeBits === 0 ? LIST_BITS_MIN : sizeBits + 1;
    const form = moreBits >= denseBits ? DENSE : moreBits > LIST_BITS_MAX ? TABLE : LIST;
    const newBits = form === DENSE ? denseBits : moreBits;
    const newAddress = slabs.take(newBits);
    let newHead = form | newBits;
    if (sizeBits === 0) {
      put(newHead, newAddress, address);
      newHead += ONE;
    } else {
      const chunk = chunks[address >>> CHUNK_BITS] as Int32Array;
      const base = address & CHUNK_MASK;
      for (let index = 0; index < 1 << sizeBits; index++) {
        const entry = chunk[base + index] as number;
        if (entry === 0) continue;
        put(newHead, newAddress, entry);
        newHead += ONE;
      }
      slabs.give(address, sizeBits);
    }
    page[at] = newHead;
    page[at + 1] = newAddress;
  };

  const raiseList = (page: Int32Array, at: number, entry: number): void => {
    const head = page[at] as number;
    const address = page[at + 1] as number;
    const count = head >>> COUNT_BITS;
    const sizeBits = head & SIZE_MASK;
    if (sizeBits === 0) {
      if (count === 0) {
        page[at] = ONE;
        page[at + 1] = entry;
        return;
      }
      if (sameSlot(address, entry)) {
        if (address < entry) page[at + 1] = entry;
        return;
      }
    } else {
      const chunk = chunks[address >>> CHUNK_BITS] as Int32Array;
      const base = address & CHUNK_MASK;
      for (let index = base; index < base + count; index++) {
        const standing = chunk[index] as number;
        if (!sameSlot(standing, entry)) continue;
        if (standing < entry) chunk[index] = entry;
        return;
      }
    }
    if (count === 1 << sizeBits) {
      enlarge(page, at);
      insert(page, at, entry);
      return;
    }
    put(head, address, entry);
    page[at] = head + ONE;
  };

  const raiseTable = (page: Int32Array, at: number, entry: number): void => {
    const head = page[at] as number;
    const address = page[at + 1] as number;
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
      enlarge(page, at);
      insert(page, at, entry);
      return;
    }
    chunk[base + index] = entry;
    page[at] = head + ONE;
  };

  const raiseDense = (page: Int32Array, at: number, entry: number): void => {
    const address = page[at + 1] as number;
    const chunk = chunks[address >>> CHUNK_BITS] as Int32Array;
    const slot = entry >>> RANK_BITS;
    const word = (address & CHUNK_MASK) + (slot >>> 2);
    const shift = (slot & 3) * 8;
    const ranks = chunk[word] as number;
    const rank = entry & RANK_MASK;
    const standing = (ranks >>> shift) & RANK_MASK;
    if (standing >= rank) return;
    chunk[word] = (ranks & ~(RANK_MASK << shift)) | (rank << shift);
    if (standing === 0) page[at] = (page[at] as number) + ONE;
  };

  const insert = (page: Int32Array, at: number, entry: number): void => {
    const form = (page[at] as number) & FORM_MASK;
    if (form === LIST) raiseList(page, at, entry);
    else if (form === TABLE) raiseTable(page, at, entry);
    else raiseDense(page, at, entry);
  };

  /** Entries of a group, ascending, to the front of `entries`. */
  const gather = (head: number, address: number): void => {
    const count = head >>> COUNT_BITS;
    if (count > entries.length) entries = new Int32Array(count * 2);
    const chunk = chunks[address >>> CHUNK_BITS] as Int32Array;
    const base = address & CHUNK_MASK;
    const form = head & FORM_MASK;
    let found = 0;
    if (form === DENSE) {
      for (let slot = 0; found < count; slot++) {
        const rank = ((chunk[base + (slot >>> 2)] as number) >>> ((slot & 3) * 8)) & RANK_MASK;
        if (rank !== 0) entries[found++] = (slot << RANK_BITS) | rank;
      }
      return;
    }
    for (let index = base; found < count; index++) {
      const entry = chunk[index] as number;
      if (entry !== 0) entries[found++] = entry;
    }
    sortIntegers(entries, count);
  };

  const encodeSparse = (head: number, address: number, out: Output): void => {
    const count = head >>> COUNT_BITS;
    if ((head & SIZE_MASK) === 0) entries[0] = address;
    else gather(head, address);
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
    grow,
    add(column, rows, groups, count) {
      if (column.kind !== "coupons") return columnMismatch("countDistinct", column);
      const { coupons } = column;
      for (let row = 0; row < count; row++) {
        const coupon = coupons[rows[row] as number] as number;
        if (coupon === NO_COUPON) continue;
        const entry = ((coupon & slotMask) << RANK_BITS) | (coupon >>> COUPON_SLOT_BITS);
        const group = groups[row] as number;
        insert(pages[group >>> PAGE_BITS] as Int32Array, (group & PAGE_MASK) * 2, entry);
      }
    },
    encode(groups, from, toExclusive, out) {
      const stopAt = out.fullBytes + out.at + SLICE_BYTES_MAX;
      let index = from;
      while (index < toExclusive && out.fullBytes + out.at < stopAt) {
        const group = groups[index++] as number;
        const page = pages[group >>> PAGE_BITS] as Int32Array;
        const at = (group & PAGE_MASK) * 2;
        const head = page[at] as number;
        const address = page[at + 1] as number;
        if (head >>> COUNT_BITS > storedSparseMax) encodeDense(address, out);
        else encodeSparse(head, address, out);
      }
      return index;
    },
  };
};
