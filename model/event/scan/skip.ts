import { type Bytes, isDigit, littleEndian, spaceEnd } from "./bytes.js";
import { textEnd } from "./text.js";

const QUOTE = 34;
const COMMA = 44;
const MINUS = 45;
const POINT = 46;
const ZERO = 48;
const COLON = 58;
const ARRAY = 91;
const ARRAY_END = 93;
const OBJECT = 123;
const OBJECT_END = 125;
const SPACE = 32;
const LOWER_E = 101;

const TRUE_WORD = littleEndian("true");
const ALSE_WORD = littleEndian("alse");
const NULL_WORD = littleEndian("null");

/**
 * Behind the JSON value that starts at `at`, in which containers are nested at most `depth` deep; -1 where there is
 * none or the plain reader must tell.
 */
export const valueEnd = (bytes: Bytes, words: DataView, at: number, end: number, depth: number): number => {
  switch (bytes[at] as number) {
    case QUOTE: {
      const quote = textEnd(bytes, words, at + 1, end);
      return quote >= 0 ? quote + 1 : quote === -1 ? -1 : -1 - quote;
    }
    case OBJECT:
      return depth > 0 ? objectEnd(bytes, words, at + 1, end, depth - 1) : -1;
    case ARRAY:
      return depth > 0 ? arrayEnd(bytes, words, at + 1, end, depth - 1) : -1;
    default:
      return atomEnd(bytes, words, at, end);
  }
};

/** Behind a number, `true`, `false` or `null`. */
const atomEnd = (bytes: Bytes, words: DataView, at: number, end: number): number => {
  if (at >= end) return -1;
  switch (bytes[at] as number) {
    case 116: // t
      return words.getInt32(at, true) === TRUE_WORD ? at + 4 : -1;
    case 102: // f
      return words.getInt32(at + 1, true) === ALSE_WORD ? at + 5 : -1;
    case 110: // n
      return words.getInt32(at, true) === NULL_WORD ? at + 4 : -1;
    default:
      return numberEnd(bytes, at, end);
  }
};

const objectEnd = (bytes: Bytes, words: DataView, start: number, end: number, depth: number): number => {
  let at = start;
  let byte = bytes[at] as number;
  if (byte <= SPACE) {
    at = spaceEnd(bytes, at, end);
    byte = bytes[at] as number;
  }
  if (byte === OBJECT_END) return at + 1;
  for (;;) {
    if (byte !== QUOTE) return -1;
    at = textEnd(bytes, words, at + 1, end);
    if (at < 0) {
      if (at === -1) return -1;
      at = -2 - at;
    }
    byte = bytes[++at] as number;
    if (byte !== COLON) {
      at = spaceEnd(bytes, at, end);
      if (bytes[at] !== COLON) return -1;
    }
    byte = bytes[++at] as number;
    if (byte <= SPACE) {
      at = spaceEnd(bytes, at, end);
      byte = bytes[at] as number;
    }
    if (byte === QUOTE) {
      at = textEnd(bytes, words, at + 1, end);
      if (at < 0) {
        if (at === -1) return -1;
        at = -2 - at;
      }
      at++;
    } else {
      at = byte < ARRAY ? numberEnd(bytes, at, end) : valueEnd(bytes, words, at, end, depth);
      if (at < 0) return -1;
    }
    byte = bytes[at] as number;
    if (byte <= SPACE) {
      at = spaceEnd(bytes, at, end);
      byte = bytes[at] as number;
    }
    if (byte !== COMMA) return byte === OBJECT_END ? at + 1 : -1;
    byte = bytes[++at] as number;
    if (byte <= SPACE) {
      at = spaceEnd(bytes, at, end);
      byte = bytes[at] as number;
    }
  }
};

const arrayEnd = (bytes: Bytes, words: DataView, start: number, end: number, depth: number): number => {
  let at = spaceEnd(bytes, start, end);
  if (bytes[at] === ARRAY_END) return at + 1;
  for (;;) {
    at = valueEnd(bytes, words, at, end, depth);
    if (at < 0) return -1;
    at = spaceEnd(bytes, at, end);
    const byte = bytes[at] as number;
    if (byte !== COMMA) return byte === ARRAY_END ? at + 1 : -1;
    at = spaceEnd(bytes, at + 1, end);
  }
};

/** Behind the JSON number that starts at `at`; -1 where there is none, or it does not end before `end`. */
export const numberEnd = (bytes: Bytes, start: number, end: number): number => {
  let at = start;
  let byte = bytes[at] as number;
  if (byte === MINUS) byte = bytes[++at] as number;
  if (byte === ZERO) byte = bytes[++at] as number;
  else {
    if (!isDigit(byte)) return -1;
    do byte = bytes[++at] as number;
    while (isDigit(byte));
  }
  if (byte === POINT) {
    byte = bytes[++at] as number;
    if (!isDigit(byte)) return -1;
    do byte = bytes[++at] as number;
    while (isDigit(byte));
  }
  if ((byte | 32) === LOWER_E) {
    byte = bytes[++at] as number;
    if (byte === MINUS || byte === 43) byte = bytes[++at] as number;
    if (!isDigit(byte)) return -1;
    do byte = bytes[++at] as number;
    while (isDigit(byte));
  }
  return at < end ? at : -1;
};
