import { FALSE, type FieldColumn, KEY_TAGS, NUMBER, TEXT, TRUE } from "@freshet/model";
import type { KeyColumn } from "./columns.js";
import { roomFor } from "./room.js";

/*
 * Keys lie in one arena that is written anew for each run, as `encodeKey` writes them. The hash is MurmurHash3_x86_32's
 * over the values themselves (words of four bytes of a text, halves of an integer), which say the same as the bytes.
 */
const ARENA_BYTES_FIRST = 1 << 16;
/** The most that a value takes but for the bytes of a text: two each. */
const VALUE_BYTES_MAX = 16;
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

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Encodes the keys of the selected events from their dimensions' columns. */
export const createKeys = () => {
  let arena = new Uint8Array(ARENA_BYTES_FIRST);
  let view = viewOf(arena);
  let starts = new Int32Array(0);
  let ends = new Int32Array(0);
  let hashes = new Int32Array(0);
  let used = 0;

  const reserve = (bytes: number): void => {
    if (used + bytes <= arena.length) return;
    const before = arena;
    arena = new Uint8Array(roomFor(used + bytes));
    arena.set(before);
    view = viewOf(arena);
  };

  /** Returns the hash with the text in it. */
  const writeText = (source: DataView, start: number, end: number, before: number): number => {
    const length = end - start;
    reserve(length * 2 + VALUE_BYTES_MAX);
    let hash = before;
    let at = used;
    let from = start;
    arena[at++] = KEY_TAGS.string;
    for (; from + 4 <= end; from += 4) {
      const word = source.getInt32(from, true);
      hash = mix(hash, word);
      if (((word - 0x01010101) & ~word & 0x80808080) === 0) {
        view.setInt32(at, word, true);
        at += 4;
      } else at = writeEscaped(source, from, from + 4, at);
    }
    let tail = length << 24;
    for (let index = from; index < end; index++) tail ^= source.getUint8(index) << ((index - from) * 8);
    at = writeEscaped(source, from, end, at);
    arena[at++] = 0;
    arena[at++] = 1;
    used = at;
    return mix(hash, tail);
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

  const writeInteger = (value: number, hash: number): number => {
    reserve(VALUE_BYTES_MAX);
    const high = Math.floor(value / HIGH) + SIGN;
    const low = value >>> 0;
    arena[used] = KEY_TAGS.integer;
    view.setUint32(used + 1, high);
    view.setUint32(used + 5, low);
    used += 9;
    return mix(mix(hash, low), high);
  };

  const writeTag = (tag: number, hash: number): number => {
    reserve(VALUE_BYTES_MAX);
    arena[used++] = tag;
    return mix(hash, tag);
  };

  const writeValue = (column: FieldColumn, index: number, source: DataView, hash: number): number => {
    switch (column.kinds[index]) {
      case TEXT:
        return writeText(source, column.starts[index] as number, column.ends[index] as number, hash);
      case NUMBER:
        return writeInteger(column.numbers[index] as number, hash);
      case TRUE:
        return writeTag(KEY_TAGS.true, hash);
      case FALSE:
        return writeTag(KEY_TAGS.false, hash);
      default:
        return writeTag(KEY_TAGS.null, hash);
    }
  };

  return (
    bytes: Uint8Array,
    count: number,
    selected: Uint8Array,
    dimensions: readonly FieldColumn[],
  ): KeyColumn => {
    if (starts.length < count) {
      const room = roomFor(count);
      starts = new Int32Array(room);
      ends = new Int32Array(room);
      hashes = new Int32Array(room);
    }
    const source = viewOf(bytes);
    used = 0;
    for (let index = 0; index < count; index++) {
      if (selected[index] !== 1) continue;
      let hash = 0;
      starts[index] = used;
      for (let dimension = 0; dimension < dimensions.length; dimension++) {
        hash = writeValue(dimensions[dimension] as FieldColumn, index, source, hash);
      }
      ends[index] = used;
      hashes[index] = finalMix(hash);
    }
    return { bytes: arena, starts, ends, hashes };
  };
};
