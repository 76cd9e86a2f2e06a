import { OTHER_KEY } from "@freshet/model";
import type { MetricColumns } from "../columns/columns.js";
import { CHUNK_BITS, CHUNK_MASK, Chunks } from "./chunks.js";
import { PaneTable } from "./paneTable.js";
import { giveWords, takeZeros } from "./spareWords.js";
import { RECORD_KEY, RECORD_LENGTH, RECORD_PANE, type RowLayout, rowWords } from "./rows.js";

/*
 * A row is found by open addressing: hash and address in a slot, in parts by the top bits of the hash that grow one at a time.
 * Slots of a block of events are asked for before the first of them is needed, then their rows: together they wait for
 * memory twice, not twice an event.
 */
const SLOT_WORDS = 2;
const PART_BITS = 6;
const PARTS = 1 << PART_BITS;
const PART_SHIFT = 32 - PART_BITS;
/** Of the words of a part. */
const PART_BITS_MIN = 4;
const LOAD_MAX = 0.6;

/** Up to so many events are resolved at one time: their rows are still in the processor's cache when all measures are added. */
export const BLOCK_EVENTS = 256;

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

/** Of the events of the block at hand. */
const blockPanes = new Int32Array(BLOCK_EVENTS);
const blockHashes = new Int32Array(BLOCK_EVENTS);
/** Takes what is read ahead, so that reading it is not left out. */
const touched = new Int32Array(1);

const insertSlot = (slots: Int32Array, hash: number, address: number): void => {
  const last = slots.length - SLOT_WORDS;
  let slot = (hash << 1) & last;
  while (slots[slot + 1] !== 0) slot = (slot + SLOT_WORDS) & last;
  slots[slot] = hash;
  slots[slot + 1] = address;
};

/** The groups of one metric within one segment. */
export class GroupTable {
  /** By the index that records hold. */
  readonly panes = new PaneTable();
  /** By pane's index, how many groups it has. */
  readonly paneGroups: number[] = [];
  /** In the order in which groups were met, with nothing between them. */
  readonly rows = new Chunks();
  readonly layout: RowLayout;
  readonly #chunks: readonly Int32Array[] = this.rows.chunks;
  readonly #groupsMax: number;
  readonly #parts = new Array<Int32Array>(PARTS).fill(new Int32Array(SLOT_WORDS));
  readonly #taken = new Int32Array(PARTS);
  /** By pane: the row of its `other` group; 0: none. */
  readonly #others: number[] = [];
  #count = 0;
  /** Those that `groupsMax` is about. */
  #regular = 0;
  #overflow = false;

  constructor(groupsMax: number, layout: RowLayout) {
    this.#groupsMax = groupsMax;
    this.layout = layout;
  }

  get count(): number {
    return this.#count;
  }

  /** True when groups past `groupsMax` went to the `other` group of their pane. */
  get overflow(): boolean {
    return this.#overflow;
  }

  /**
   * Writes the row's address of each of the first `count` events to `into`: a block at most. Order decides who is left out
   * past `groupsMax`.
   */
  resolve(
    { keys, panesMs }: MetricColumns,
    keyBytes: DataView,
    events: Int32Array,
    count: number,
    into: Int32Array,
  ): void {
    const { starts, ends, hashes } = keys;
    const { panes } = this;
    const parts = this.#parts;
    for (let at = 0; at < count; at++) {
      const event = events[at] as number;
      const pane = panes.indexOf(panesMs[event] as number);
      const hash = mix(hashes[event] as number, pane);
      blockPanes[at] = pane;
      blockHashes[at] = hash;
      const slots = parts[hash >>> PART_SHIFT] as Int32Array;
      into[at] = slots[((hash << 1) & (slots.length - SLOT_WORDS)) + 1] as number;
    }
    this.#touch(into, count);
    for (let at = 0; at < count; at++) {
      const event = events[at] as number;
      const start = starts[event] as number;
      const length = (ends[event] as number) - start;
      into[at] = this.#rowOf(blockPanes[at] as number, blockHashes[at] as number, keyBytes, start, length);
    }
  }

  /** Gives the memory back. Nothing may be asked any more. */
  release(): void {
    for (const part of this.#parts) giveWords(part);
    this.#parts.length = 0;
    this.rows.release();
  }

  /** Reads both ends of rows, which mostly are the right ones; address 0 is none. */
  #touch(addresses: Int32Array, count: number): void {
    const chunks = this.#chunks;
    const { stateWords } = this.layout;
    let read = 0;
    for (let at = 0; at < count; at++) {
      const address = addresses[at] as number;
      const chunk = chunks[address >>> CHUNK_BITS] as Int32Array;
      const record = address & CHUNK_MASK;
      read ^= (chunk[record] as number) ^ (chunk[Math.max(0, record - stateWords)] as number);
    }
    touched[0] = read;
  }

  #rowOf(pane: number, hash: number, bytes: DataView, start: number, length: number): number {
    const slots = this.#parts[hash >>> PART_SHIFT] as Int32Array;
    const last = slots.length - SLOT_WORDS;
    for (let slot = (hash << 1) & last; ; slot = (slot + SLOT_WORDS) & last) {
      const address = slots[slot + 1] as number;
      if (address === 0) return this.#add(pane, hash, bytes, start, length);
      if (slots[slot] !== hash) continue;
      const chunk = this.#chunks[address >>> CHUNK_BITS] as Int32Array;
      const record = address & CHUNK_MASK;
      if (chunk[record + RECORD_PANE] !== pane || chunk[record + RECORD_LENGTH] !== length) continue;
      if (sameKey(chunk, record, bytes, start, length)) return address;
    }
  }

  #add(pane: number, hash: number, bytes: DataView, start: number, length: number): number {
    if (this.#regular >= this.#groupsMax) return this.#otherOf(pane);
    this.#regular++;
    const part = hash >>> PART_SHIFT;
    const slots = (this.#parts[part] as Int32Array).length / SLOT_WORDS;
    const taken = this.#taken[part] as number;
    if (taken + 1 >= slots * LOAD_MAX) this.#growPart(part);
    this.#taken[part] = taken + 1;
    const made = this.#makeRow(pane, bytes, start, length);
    insertSlot(this.#parts[part] as Int32Array, hash, made);
    return made;
  }

  #otherOf(pane: number): number {
    this.#overflow = true;
    const standing = this.#others[pane] ?? 0;
    if (standing !== 0) return standing;
    const made = this.#makeRow(pane, OTHER_BYTES, 0, OTHER.length);
    this.#others[pane] = made;
    return made;
  }

  #growPart(part: number): void {
    const old = this.#parts[part] as Int32Array;
    const sizeBits = Math.max(PART_BITS_MIN, 32 - Math.clz32(old.length));
    const slots = takeZeros(sizeBits);
    for (let slot = 0; slot < old.length; slot += SLOT_WORDS) {
      const address = old[slot + 1] as number;
      if (address !== 0) insertSlot(slots, old[slot] as number, address);
    }
    this.#parts[part] = slots;
    giveWords(old);
  }

  #makeRow(pane: number, bytes: DataView, start: number, length: number): number {
    const address = this.rows.take(rowWords(this.layout, length)) + this.layout.stateWords;
    const chunk = this.#chunks[address >>> CHUNK_BITS] as Int32Array;
    const record = address & CHUNK_MASK;
    chunk[record + RECORD_PANE] = pane;
    chunk[record + RECORD_LENGTH] = length;
    let at = record + RECORD_KEY;
    const wordsEnd = start + (length & ~3);
    for (let from = start; from < wordsEnd; from += 4) chunk[at++] = bytes.getInt32(from);
    if ((length & 3) !== 0) chunk[at] = tailWord(bytes, wordsEnd, length & 3);
    this.paneGroups[pane] = (this.paneGroups[pane] ?? 0) + 1;
    this.#count++;
    return address;
  }
}
