import { OTHER_KEY } from "@freshet/model";
import type { MetricColumns } from "../columns/columns.js";
import { CHUNK_BITS, CHUNK_MASK, createChunks } from "./chunks.js";
import { createPages, PAGE_BITS, PAGE_MASK } from "./pages.js";
import { createPaneTable, type PaneTable } from "./paneTable.js";

/*
 * A group's record: its number, its pane's index, its key's length in bytes, then the key's bytes four to a word, the
 * first of them highest, the last word filled up with zeros: words compare as keys do.
 * It is found by open addressing: hash and address in a slot, in parts by the top bits of the hash that grow one at a time.
 */
export const RECORD_GROUP = 0;
export const RECORD_PANE = 1;
export const RECORD_LENGTH = 2;
export const RECORD_KEY = 3;
const SLOT_WORDS = 2;
const PART_BITS = 6;
const PARTS = 1 << PART_BITS;
const PART_SHIFT = 32 - PART_BITS;
const SLOTS_MIN = 8;
const LOAD_MAX = 0.6;

/** The groups of one metric within one segment, numbered as they are met. */
export interface GroupTable {
  readonly count: number;
  /** True when groups past `groupsMax` went to the `other` group of their pane. */
  readonly overflow: boolean;
  /** By the index that records hold. */
  readonly panes: PaneTable;
  readonly chunks: readonly Int32Array[];
  /** A record's address by group. */
  readonly addresses: readonly Int32Array[];
  /** Writes the group of each of the first `count` rows to `groups`. Order decides who is left out past `groupsMax`. */
  resolve(columns: MetricColumns, rows: Int32Array, count: number, groups: Int32Array): void;
}

const OTHER = Buffer.from(OTHER_KEY, "latin1");
const OTHER_BYTES = new DataView(OTHER.buffer, OTHER.byteOffset, OTHER.byteLength);

/** The last word of a key whose length is no multiple of four. */
const tailWord = (bytes: DataView, from: number, count: number): number => {
  let word = 0;
  for (let index = 0; index < count; index++) word |= bytes.getUint8(from + index) << (24 - 8 * index);
  return word;
};

const sameKey = (
  chunk: Int32Array,
  record: number,
  bytes: DataView,
  start: number,
  length: number,
): boolean => {
  let at = record + RECORD_KEY;
  const wordsEnd = start + (length & ~3);
  for (let from = start; from < wordsEnd; from += 4) if (chunk[at++] !== bytes.getInt32(from)) return false;
  return (length & 3) === 0 || chunk[at] === tailWord(bytes, wordsEnd, length & 3);
};

const mix = (hash: number, pane: number): number => {
  const mixed = Math.imul(hash ^ Math.imul(pane + 1, 0x9e3779b1), 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
};

export const createGroupTable = (groupsMax: number): GroupTable => {
  const panes = createPaneTable();
  const { chunks, take } = createChunks();
  const { pages: addresses, grow } = createPages(1, (length) => new Int32Array(length));
  const parts = new Array<Int32Array>(PARTS).fill(new Int32Array(0));
  const taken = new Int32Array(PARTS);
  /** By pane: its `other` group + 1; 0: none. */
  const others: number[] = [];
  let count = 0;
  /** Those that `groupsMax` is about. */
  let regular = 0;
  let overflow = false;

  const insertSlot = (slots: Int32Array, hash: number, address: number): void => {
    const last = slots.length - SLOT_WORDS;
    let slot = (hash << 1) & last;
    while (slots[slot + 1] !== 0) slot = (slot + SLOT_WORDS) & last;
    slots[slot] = hash;
    slots[slot + 1] = address;
  };

  const growPart = (part: number): void => {
    const old = parts[part] as Int32Array;
    const slots = new Int32Array(Math.max(SLOTS_MIN * SLOT_WORDS, old.length * 2));
    for (let slot = 0; slot < old.length; slot += SLOT_WORDS) {
      const address = old[slot + 1] as number;
      if (address !== 0) insertSlot(slots, old[slot] as number, address);
    }
    parts[part] = slots;
  };

  const makeRecord = (pane: number, bytes: DataView, start: number, length: number): number => {
    const address = take(RECORD_KEY + ((length + 3) >>> 2));
    const chunk = chunks[address >>> CHUNK_BITS] as Int32Array;
    const record = address & CHUNK_MASK;
    chunk[record + RECORD_GROUP] = count;
    chunk[record + RECORD_PANE] = pane;
    chunk[record + RECORD_LENGTH] = length;
    let at = record + RECORD_KEY;
    const wordsEnd = start + (length & ~3);
    for (let from = start; from < wordsEnd; from += 4) chunk[at++] = bytes.getInt32(from);
    if ((length & 3) !== 0) chunk[at] = tailWord(bytes, wordsEnd, length & 3);
    grow(count + 1);
    (addresses[count >>> PAGE_BITS] as Int32Array)[count & PAGE_MASK] = address;
    count++;
    return address;
  };

  const otherOf = (pane: number): number => {
    overflow = true;
    const standing = others[pane] ?? 0;
    if (standing !== 0) return standing - 1;
    makeRecord(pane, OTHER_BYTES, 0, OTHER.length);
    others[pane] = count;
    return count - 1;
  };

  const add = (pane: number, hash: number, bytes: DataView, start: number, length: number): number => {
    if (regular >= groupsMax) return otherOf(pane);
    regular++;
    const part = hash >>> PART_SHIFT;
    const slots = (parts[part] as Int32Array).length / SLOT_WORDS;
    if ((taken[part] as number) >= slots * LOAD_MAX) growPart(part);
    taken[part] = (taken[part] as number) + 1;
    insertSlot(parts[part] as Int32Array, hash, makeRecord(pane, bytes, start, length));
    return count - 1;
  };

  const groupOf = (pane: number, hash: number, bytes: DataView, start: number, length: number): number => {
    const slots = parts[hash >>> PART_SHIFT] as Int32Array;
    const last = slots.length - SLOT_WORDS;
    if (last < 0) return add(pane, hash, bytes, start, length);
    for (let slot = (hash << 1) & last; ; slot = (slot + SLOT_WORDS) & last) {
      const address = slots[slot + 1] as number;
      if (address === 0) return add(pane, hash, bytes, start, length);
      if (slots[slot] !== hash) continue;
      const chunk = chunks[address >>> CHUNK_BITS] as Int32Array;
      const record = address & CHUNK_MASK;
      if (chunk[record + RECORD_PANE] !== pane || chunk[record + RECORD_LENGTH] !== length) continue;
      if (sameKey(chunk, record, bytes, start, length)) return chunk[record + RECORD_GROUP] as number;
    }
  };

  return {
    get count() {
      return count;
    },
    get overflow() {
      return overflow;
    },
    panes,
    chunks,
    addresses,
    resolve({ keys, panesMs }, rows, rowCount, groups) {
      const { starts, ends, hashes } = keys;
      const bytes = new DataView(keys.bytes.buffer, keys.bytes.byteOffset, keys.bytes.byteLength);
      for (let row = 0; row < rowCount; row++) {
        const index = rows[row] as number;
        const pane = panes.indexOf(panesMs[index] as number);
        const start = starts[index] as number;
        const length = (ends[index] as number) - start;
        groups[row] = groupOf(pane, mix(hashes[index] as number, pane), bytes, start, length);
      }
    },
  };
};
