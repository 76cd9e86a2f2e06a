import { FALSE, type FieldColumn, KEY_TAGS, NUMBER, type Selection, TEXT, TRUE } from "@freshet/model";
import type { KeyColumn } from "./columns.js";
import { roomFor } from "./room.js";

/*
 * Keys lie in one arena that is written anew for each run, as `encodeKey` writes them. The hash is MurmurHash3_x86_32's
 * over the values themselves (words of four bytes of a text, halves of an integer), which say the same as the bytes.
 */
/** The most that a value takes but for the bytes of a text, which may be two each. */
const VALUE_BYTES_MAX = 16;
const ARENA_BYTES_FIRST = 1 << 12;
const WORD_BYTES = 4;
const STRING_END = 0x0001;
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

/** The word there, little endian; from `end` on its bytes mean nothing. */
const lastWord = (source: DataView, from: number, end: number): number => {
  if (from + WORD_BYTES <= source.byteLength) return source.getInt32(from, true);
  let word = 0;
  for (let index = end - 1; index >= from; index--) word = (word << 8) | source.getUint8(index);
  return word;
};

/* What writes returns where it ends, and takes what it wrote into the row's hash. */

const writeEscaped = (source: DataView, start: number, end: number, target: DataView, to: number): number => {
  let at = to;
  for (let index = start; index < end; index++) {
    const byte = source.getUint8(index);
    target.setUint8(at++, byte);
    if (byte === 0) target.setUint8(at++, 0xff);
  }
  return at;
};

const writeText = (
  source: DataView,
  start: number,
  end: number,
  target: DataView,
  to: number,
  hashes: Int32Array,
  row: number,
): number => {
  let hash = hashes[row] as number;
  target.setUint8(to, KEY_TAGS.string);
  let at = to + 1;
  let from = start;
  for (; from + WORD_BYTES <= end; from += WORD_BYTES) {
    const word = source.getInt32(from, true);
    hash = mix(hash, word);
    if (hasZeroByte(word)) at = writeEscaped(source, from, from + WORD_BYTES, target, at);
    else {
      target.setInt32(at, word, true);
      at += WORD_BYTES;
    }
  }
  const mask = (1 << (8 * (end - from))) - 1;
  const tail = lastWord(source, from, end) & mask;
  hashes[row] = mix(hash, tail ^ ((end - start) << 24));
  if (hasZeroByte(tail | ~mask)) at = writeEscaped(source, from, end, target, at);
  else {
    target.setInt32(at, tail, true);
    at += end - from;
  }
  target.setUint16(at, STRING_END);
  return at + 2;
};

const writeInteger = (
  value: number,
  target: DataView,
  at: number,
  hashes: Int32Array,
  row: number,
): number => {
  const high = (Math.floor(value / HIGH) + SIGN) | 0;
  const low = value | 0;
  target.setUint8(at, KEY_TAGS.integer);
  target.setInt32(at + 1, high);
  target.setInt32(at + 5, low);
  hashes[row] = mix(mix(hashes[row] as number, low), high);
  return at + 9;
};

const writeTag = (tag: number, target: DataView, at: number, hashes: Int32Array, row: number): number => {
  target.setUint8(at, tag);
  hashes[row] = mix(hashes[row] as number, tag);
  return at + 1;
};

const NO_ROOM = -1;

const writeValue = (
  { kinds, starts, ends, numbers }: FieldColumn,
  source: DataView,
  target: DataView,
  at: number,
  hashes: Int32Array,
  row: number,
): number => {
  const left = target.byteLength - at - VALUE_BYTES_MAX;
  if (left < 0) return NO_ROOM;
  switch (kinds[row]) {
    case TEXT: {
      const start = starts[row] as number;
      const end = ends[row] as number;
      return left < (end - start) * 2 ? NO_ROOM : writeText(source, start, end, target, at, hashes, row);
    }
    case NUMBER:
      return writeInteger(numbers[row] as number, target, at, hashes, row);
    case TRUE:
      return writeTag(KEY_TAGS.true, target, at, hashes, row);
    case FALSE:
      return writeTag(KEY_TAGS.false, target, at, hashes, row);
    default:
      return writeTag(KEY_TAGS.null, target, at, hashes, row);
  }
};

/** Writes the keys of the selected events from the `from`-th on; returns which is the first that there was no room for. */
const writeKeys = (
  source: DataView,
  { rows, count }: Selection,
  dimensions: readonly FieldColumn[],
  { bytes, starts, ends, hashes }: KeyColumn,
  from: number,
): number => {
  const target = viewOf(bytes);
  let at = from === 0 ? 0 : (ends[rows[from - 1] as number] as number);
  for (let index = from; index < count; index++) {
    const row = rows[index] as number;
    starts[row] = at;
    hashes[row] = 0;
    for (let dimension = 0; dimension < dimensions.length; dimension++) {
      at = writeValue(dimensions[dimension] as FieldColumn, source, target, at, hashes, row);
      if (at === NO_ROOM) return index;
    }
    ends[row] = at;
    hashes[row] = finalMix(hashes[row]);
  }
  return count;
};

/** Encodes the keys of the selected events from their dimensions' columns. */
export const createKeys = () => {
  let keys: KeyColumn = {
    bytes: new Uint8Array(ARENA_BYTES_FIRST),
    starts: new Int32Array(0),
    ends: new Int32Array(0),
    hashes: new Int32Array(0),
  };

  return (
    bytes: Uint8Array,
    events: number,
    selection: Selection,
    dimensions: readonly FieldColumn[],
  ): KeyColumn => {
    if (keys.starts.length < events) {
      const offsets = (): Int32Array => new Int32Array(roomFor(events));
      keys = { bytes: keys.bytes, starts: offsets(), ends: offsets(), hashes: offsets() };
    }
    const source = viewOf(bytes);
    for (let written = 0; ; keys = { ...keys, bytes: doubled(keys.bytes) }) {
      written = writeKeys(source, selection, dimensions, keys, written);
      if (written === selection.count) return keys;
    }
  };
};

const doubled = (bytes: Uint8Array): Uint8Array => {
  const larger = new Uint8Array(bytes.length * 2);
  larger.set(bytes);
  return larger;
};
