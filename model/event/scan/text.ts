import type { Bytes } from "./bytes.js";

const QUOTE = 34;
const BACKSLASH = 92;
const SPACE = 32;
const LOWER_U = 117;

/** By the byte behind a backslash: 1 where the two are an escape. */
const SHORT_ESCAPES = Uint8Array.from({ length: 256 }, (_, byte) =>
  '"\\/bfnrt'.includes(String.fromCharCode(byte)) ? 1 : 0,
);
/** By byte: the value of a hexadecimal digit, 16 for any other. */
const HEX = Uint8Array.from({ length: 256 }, (_, byte) => {
  const value = Number.parseInt(String.fromCharCode(byte), 16);
  return Number.isNaN(value) ? 16 : value;
});

const HIGH_BITS = -0x7f7f7f80;

/**
 * Where the text that starts at `at` meets its closing quote. -1: not before `end`, or no JSON text in valid UTF-8
 * and well-formed Unicode. `-2 - quote`: it has escapes.
 */
export const textEnd = (bytes: Bytes, words: DataView, at: number, end: number): number => {
  // four bytes a word: a high bit is set at the first byte, and perhaps at later ones, that is a quote, a backslash,
  // a control (those and the quote are what is below 0x21 once 0x02 is turned over) or not ASCII
  for (let from = at; from < end; from += 8) {
    const low = words.getInt32(from, true);
    const lowMarks =
      (low | ((low ^ 0x02020202) - 0x21212121) | ((low ^ 0x5c5c5c5c) - 0x01010101)) & HIGH_BITS;
    if (lowMarks !== 0) {
      const found = from + ((31 - Math.clz32(lowMarks & -lowMarks)) >> 3);
      return bytes[found] === QUOTE && found < end ? found : oddTextEnd(bytes, words, found, end);
    }
    const high = words.getInt32(from + 4, true);
    const highMarks =
      (high | ((high ^ 0x02020202) - 0x21212121) | ((high ^ 0x5c5c5c5c) - 0x01010101)) & HIGH_BITS;
    if (highMarks !== 0) {
      const found = from + 4 + ((31 - Math.clz32(highMarks & -highMarks)) >> 3);
      return bytes[found] === QUOTE && found < end ? found : oddTextEnd(bytes, words, found, end);
    }
  }
  return -1;
};

/** Goes on at a byte that is no plain one. */
const oddTextEnd = (bytes: Bytes, words: DataView, at: number, end: number): number => {
  let escaped = false;
  let from = at;
  while (from < end) {
    const byte = bytes[from] as number;
    if (byte >= 0x80) {
      from = multibyteEnd(bytes, from);
      if (from < 0) return -1;
    } else if (byte === BACKSLASH) {
      escaped = true;
      from = escapeEnd(bytes, from + 1);
      if (from < 0) return -1;
    } else if (byte === QUOTE) return escaped ? -2 - from : from;
    else if (byte < SPACE) return -1;
    else from = plainEnd(words, from + 1, end);
  }
  return -1;
};

/** Where the run of plain ASCII ends. */
const plainEnd = (words: DataView, at: number, end: number): number => {
  for (let from = at; from < end; from += 4) {
    const word = words.getInt32(from, true);
    const marks =
      (word | ((word ^ 0x02020202) - 0x21212121) | ((word ^ 0x5c5c5c5c) - 0x01010101)) & HIGH_BITS;
    if (marks !== 0) return from + ((31 - Math.clz32(marks & -marks)) >> 3);
  }
  return end;
};

/** Behind one escape, or two that are a surrogate pair; `at` is behind the backslash. -1 for none. */
const escapeEnd = (bytes: Bytes, at: number): number => {
  const byte = bytes[at] as number;
  if (byte !== LOWER_U) return SHORT_ESCAPES[byte] === 1 ? at + 1 : -1;
  const unit = hexUnit(bytes, at + 1);
  if (unit < 0xd800) return unit < 0 ? -1 : at + 5;
  if (unit > 0xdfff) return at + 5;
  if (unit > 0xdbff || bytes[at + 5] !== BACKSLASH || bytes[at + 6] !== LOWER_U) return -1;
  const second = hexUnit(bytes, at + 7);
  return second >= 0xdc00 && second <= 0xdfff ? at + 11 : -1;
};

const hexUnit = (bytes: Bytes, at: number): number => {
  const a = HEX[bytes[at] as number] as number;
  const b = HEX[bytes[at + 1] as number] as number;
  const c = HEX[bytes[at + 2] as number] as number;
  const d = HEX[bytes[at + 3] as number] as number;
  return (a | b | c | d) > 15 ? -1 : (a << 12) | (b << 8) | (c << 4) | d;
};

/** Behind one character of two to four bytes (Unicode 16, table 3-7); -1 for none. */
const multibyteEnd = (bytes: Bytes, at: number): number => {
  const first = bytes[at] as number;
  const second = bytes[at + 1] as number;
  if (first < 0xe0) return first >= 0xc2 && (second & 0xc0) === 0x80 ? at + 2 : -1;
  if (((bytes[at + 2] as number) & 0xc0) !== 0x80) return -1;
  if (first < 0xf0) {
    const least = first === 0xe0 ? 0xa0 : 0x80;
    const most = first === 0xed ? 0x9f : 0xbf;
    return second >= least && second <= most ? at + 3 : -1;
  }
  if (((bytes[at + 3] as number) & 0xc0) !== 0x80) return -1;
  const least = first === 0xf0 ? 0x90 : 0x80;
  const most = first === 0xf4 ? 0x8f : 0xbf;
  return first <= 0xf4 && second >= least && second <= most ? at + 4 : -1;
};

/** Code points of a text without escapes. */
export const codePointsOf = (bytes: Bytes, start: number, end: number): number => {
  let count = 0;
  for (let at = start; at < end; at++) if (((bytes[at] as number) & 0xc0) !== 0x80) count++;
  return count;
};
