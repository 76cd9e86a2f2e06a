import { type Bytes, isDigit, littleEndian, SLACK_BYTES } from "./bytes.js";
import type { EventSlices } from "./columns.js";
import { textEnd } from "./text.js";

/**
 * Of a readable event, where the bytes end that are `ReadEvent.body()` but for its closing brace: they stand in the log
 * as they would be written. -1: the reader has to make the body.
 */
export type BodyEnd = (slices: EventSlices, index: number) => number;

const QUOTE = 34;
const MARK = 36; // $
const COMMA = 44;
const MINUS = 45;
const POINT = 46;
const ZERO = 48;
const COLON = 58;
const ARRAY = 91;
const ARRAY_END = 93;
const LETTER_F = 102;
const LETTER_N = 110;
const LETTER_T = 116;
const OBJECT = 123;
const OBJECT_END = 125;

/** Objects deeper, or of more members, are left to the reader. */
const DEPTH_MAX = 32;
const KEYS_MAX = 64;
/** Integers of so many digits are written as they are read. */
const INTEGER_DIGITS_MAX = 15;
const NUMBER_BYTES_MAX = 40;
/** As `Date.toISOString` writes the years 0 to 9999. */
const INSTANT_BYTES = 24;
const LETTER_Z = 90;

const TIME = littleEndian("time");
const BOUNDS = "$bounds";
const BOUNDS_START = littleEndian("$bou");
const BOUNDS_END = littleEndian("unds");

/** Behind a number that is written as `JSON.stringify` would; -1 for any other. */
const numberEnd = (bytes: Bytes, start: number): number => {
  const first = bytes[start] === MINUS ? start + 1 : start;
  let at = first;
  while (isDigit(bytes[at] as number)) at++;
  const byte = bytes[at] as number;
  const isInteger = byte === COMMA || byte === OBJECT_END || byte === ARRAY_END;
  if (isInteger && at - first <= INTEGER_DIGITS_MAX)
    return bytes[start] === MINUS && bytes[first] === ZERO ? -1 : at;
  while (at - start < NUMBER_BYTES_MAX && (isDigit(bytes[at] as number) || isNumberSign(bytes[at] as number)))
    at++;
  const text = String.fromCharCode(...bytes.subarray(start, at));
  return String(Number(text)) === text ? at : -1;
};

const isNumberSign = (byte: number): boolean =>
  byte === POINT || byte === MINUS || byte === 43 || byte === 69 || byte === 101; // + E e

export const createBodyEnd = (): BodyEnd => {
  let bytes: Bytes = new Uint8Array(0);
  let words = new DataView(bytes.buffer);
  /** Of the objects that are open: where their keys start, and how long they are. */
  const keyStarts = new Int32Array(KEYS_MAX);
  const keyLengths = new Int32Array(KEYS_MAX);
  let keys = 0;

  const isRepeated = (start: number, length: number, firstKey: number): boolean => {
    for (let key = firstKey; key < keys; key++) {
      if (keyLengths[key] !== length) continue;
      const other = keyStarts[key] as number;
      let same = 0;
      while (same < length && bytes[other + same] === bytes[start + same]) same++;
      if (same === length) return true;
    }
    return false;
  };

  /** Behind the key whose text starts at `start`, at its value; -1 where it might move or vanish. */
  const keyEnd = (start: number, end: number, firstKey: number): number => {
    const quote = textEnd(bytes, words, start, end);
    if (quote < 0 || bytes[quote + 1] !== COLON || keys === KEYS_MAX) return -1;
    // names that are integers come first, whatever their place
    if (isDigit(bytes[start] as number) || isRepeated(start, quote - start, firstKey)) return -1;
    keyStarts[keys] = start;
    keyLengths[keys++] = quote - start;
    return quote + 2;
  };

  const valueEnd = (at: number, end: number, depth: number): number => {
    switch (bytes[at] as number) {
      case QUOTE: {
        const quote = textEnd(bytes, words, at + 1, end);
        return quote < 0 ? -1 : quote + 1;
      }
      case OBJECT:
        return depth < DEPTH_MAX ? objectEnd(at + 1, end, depth + 1) : -1;
      case ARRAY:
        return depth < DEPTH_MAX ? arrayEnd(at + 1, end, depth + 1) : -1;
      case LETTER_T:
      case LETTER_N:
        return at + 4;
      case LETTER_F:
        return at + 5;
      default:
        return numberEnd(bytes, at);
    }
  };

  const objectEnd = (start: number, end: number, depth: number): number => {
    if (bytes[start] === OBJECT_END) return start + 1;
    const firstKey = keys;
    for (let at = start; ; at++) {
      if (bytes[at] !== QUOTE) return -1;
      at = keyEnd(at + 1, end, firstKey);
      if (at < 0) return -1;
      at = valueEnd(at, end, depth);
      if (at < 0) return -1;
      const byte = bytes[at];
      if (byte === COMMA) continue;
      keys = firstKey;
      return byte === OBJECT_END ? at + 1 : -1;
    }
  };

  const arrayEnd = (start: number, end: number, depth: number): number => {
    if (bytes[start] === ARRAY_END) return start + 1;
    for (let at = start; ; at++) {
      at = valueEnd(at, end, depth);
      if (at < 0) return -1;
      const byte = bytes[at];
      if (byte !== COMMA) return byte === ARRAY_END ? at + 1 : -1;
    }
  };

  const isTimeAsWritten = (from: number, to: number): boolean =>
    to - from === INSTANT_BYTES + 2 && bytes[from] === QUOTE && bytes[to - 2] === LETTER_Z;

  const isBounds = (start: number, length: number): boolean =>
    length === BOUNDS.length &&
    words.getInt32(start, true) === BOUNDS_START &&
    words.getInt32(start + 3, true) === BOUNDS_END;

  return (slices, index) => {
    if (slices.bytes !== bytes) {
      ({ bytes } = slices);
      words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    const end = slices.ends[index] as number;
    const start = slices.starts[index] as number;
    if (end + SLACK_BYTES > bytes.length || bytes[start] !== OBJECT) return -1;
    keys = 0;
    for (let at = start + 1; ; at++) {
      const name = at + 1;
      if (bytes[at] !== QUOTE) return -1;
      const value = keyEnd(name, end, 0);
      if (value < 0) return -1;
      const after = valueEnd(value, end, 1);
      if (after < 0) return -1;
      const length = keyLengths[keys - 1] as number;
      if (length === 4 && words.getInt32(name, true) === TIME && !isTimeAsWritten(value, after)) return -1;
      const isLast = after + 1 === end && bytes[after] === OBJECT_END;
      if (bytes[name] === MARK) return isLast && isBounds(name, length) ? at - 1 : -1;
      if (isLast) return after;
      if (bytes[after] !== COMMA) return -1;
      at = after;
    }
  };
};
