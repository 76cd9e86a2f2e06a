import { FALSE, type FieldColumn, KEY_TAGS, NUMBER, type Selection, TEXT, TRUE } from "@freshet/model";
import type { KeyColumn } from "./columns.js";
import { roomFor } from "./room.js";

/*
 * Keys lie in one arena that is written anew for each run, as `encodeKey` writes them. The hash is MurmurHash3_x86_32's
 * over the values themselves (words of four bytes of a text, halves of an integer), which say the same as the bytes.
 */
const ARENA_BYTES_FIRST = 1 << 16;
/** The most that a value takes but for the bytes of a text, which may be two each. */
const VALUE_BYTES_MAX = 16;
const WORD_BYTES = 4;
const HIGH = 0x1_0000_0000;
const SIGN = 0x8000_0000;

const mix = (hash: number, word: number): number => {
  const scrambled = Math.imul(word, 0xcc9e2d51);
  const taken = hash ^ Math.imul((scrambled << 15) | (scrambled >>> 17), 0x1b873593);
  return (Math.imul((taken << 13) | (taken >>> 19), 5) + 0xe6546b64) | 0;
};

const finalMix = (hash: number): number => {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
};

const hasZeroByte = (word: number): boolean => ((word - 0x01010101) & ~word & 0x80808080) !== 0;

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Encodes the keys of the selected events from their dimensions' columns. */
export const createKeys = () => {
  let arena = new Uint8Array(ARENA_BYTES_FIRST);
  let view = viewOf(arena);
  let starts = new Int32Array(0);
  let ends = new Int32Array(0);
  let hashes = new Int32Array(0);

  const reserve = (end: number): void => {
    if (end <= arena.length) return;
    const before = arena;
    arena = new Uint8Array(roomFor(end));
    arena.set(before);
    view = viewOf(arena);
  };

  /** Returns where it ends. */
  const writeEscaped = (source: DataView, start: number, end: number, to: number): number => {
    let at = to;
    for (let index = start; index < end; index++) {
      const byte = source.getUint8(index);
      arena[at++] = byte;
      if (byte === 0) arena[at++] = 0xff;
    }
    return at;
  };

  const writeText = (source: DataView, start: number, end: number, row: number, to: number): number => {
    const length = end - start;
    reserve(to + length * 2 + VALUE_BYTES_MAX);
    let hash = hashes[row] as number;
    let at = to;
    arena[at++] = KEY_TAGS.string;
    let from = start;
    for (; from + WORD_BYTES <= end; from += WORD_BYTES) {
      const word = source.getInt32(from, true);
      hash = mix(hash, word);
      if (hasZeroByte(word)) at = writeEscaped(source, from, from + WORD_BYTES, at);
      else {
        view.setInt32(at, word, true);
        at += WORD_BYTES;
      }
    }
    const mask = (1 << (8 * (end - from))) - 1;
    const tail = lastWord(source, from, end) & mask;
    hashes[row] = mix(hash, tail ^ (length << 24));
    if (hasZeroByte(tail | ~mask)) at = writeEscaped(source, from, end, at);
    else {
      view.setInt32(at, tail, true);
      at += end - from;
    }
    view.setUint16(at, 0x0001);
    return at + 2;
  };

  const writeInteger = (value: number, row: number, at: number): number => {
    reserve(at + VALUE_BYTES_MAX);
    const high = (Math.floor(value / HIGH) + SIGN) | 0;
    const low = value | 0;
    arena[at] = KEY_TAGS.integer;
    view.setInt32(at + 1, high);
    view.setInt32(at + 5, low);
    hashes[row] = mix(mix(hashes[row] as number, low), high);
    return at + 9;
  };

  const writeTag = (tag: number, row: number, at: number): number => {
    reserve(at + VALUE_BYTES_MAX);
    arena[at] = tag;
    hashes[row] = mix(hashes[row] as number, tag);
    return at + 1;
  };

  const writeValue = (column: FieldColumn, row: number, source: DataView, at: number): number => {
    switch (column.kinds[row]) {
      case TEXT:
        return writeText(source, column.starts[row] as number, column.ends[row] as number, row, at);
      case NUMBER:
        return writeInteger(column.numbers[row] as number, row, at);
      case TRUE:
        return writeTag(KEY_TAGS.true, row, at);
      case FALSE:
        return writeTag(KEY_TAGS.false, row, at);
      default:
        return writeTag(KEY_TAGS.null, row, at);
    }
  };

  return (
    bytes: Uint8Array,
    events: number,
    { rows, count }: Selection,
    dimensions: readonly FieldColumn[],
  ): KeyColumn => {
    if (starts.length < events) {
      const room = roomFor(events);
      starts = new Int32Array(room);
      ends = new Int32Array(room);
      hashes = new Int32Array(room);
    }
    const source = viewOf(bytes);
    let at = 0;
    for (let index = 0; index < count; index++) {
      const row = rows[index] as number;
      starts[row] = at;
      hashes[row] = 0;
      for (let dimension = 0; dimension < dimensions.length; dimension++)
        at = writeValue(dimensions[dimension] as FieldColumn, row, source, at);
      ends[row] = at;
      hashes[row] = finalMix(hashes[row] as number);
    }
    return { bytes: arena, starts, ends, hashes };
  };
};

/** The word there; from `end` on its bytes mean nothing. */
const lastWord = (source: DataView, from: number, end: number): number => {
  if (from + WORD_BYTES <= source.byteLength) return source.getInt32(from, true);
  let word = 0;
  for (let index = end - 1; index >= from; index--) word = (word << 8) | source.getUint8(index);
  return word;
};
