import { BACKSLASHES, QUOTES, SPACES } from "../layout";
import { State } from "./state";

const QUOTE: u8 = 0x22;
const BACKSLASH: u8 = 0x5c;
const SPACE: u8 = 0x20;
const SHORT_ESCAPES: u64 = 0x0014_4044_0000_0000; // bits of b f n r t, by byte - 64

/** Which bytes of a block end a run of plain ones: quotes, backslashes, controls and, as they are negative, all beyond ASCII. */
function stopsOf(at: usize): i32 {
  const block = v128.load(at);
  const signs = v128.or(i8x16.eq(block, v128.load(QUOTES)), i8x16.eq(block, v128.load(BACKSLASHES)));
  return i8x16.bitmask(v128.or(signs, i8x16.lt_s(block, v128.load(SPACES))));
}

function plainEnd(start: usize): usize {
  let at = start;
  while (true) {
    const stops = stopsOf(at);
    if (stops !== 0) return at + <usize>ctz(stops);
    at += 16;
  }
}

/** From behind a text's opening quote to its closing one. 0: no JSON text in valid UTF-8 and well-formed Unicode. */
export function textEnd(start: usize): usize {
  const end = plainEnd(start);
  State.hasEscapes = false;
  State.isWide = false;
  return load<u8>(end) === QUOTE ? end : oddTextEnd(end);
}

/** Goes on at a byte that is no plain one. */
function oddTextEnd(start: usize): usize {
  let at = start;
  while (true) {
    const byte = load<u8>(at);
    if (byte === QUOTE) return at;
    if (byte < SPACE) return 0;
    if (byte === BACKSLASH) {
      State.hasEscapes = true;
      at = escapeEnd(at + 1);
    } else if (byte >= 0x80) {
      State.isWide = true;
      at = multibyteEnd(at, byte);
    } else at = plainEnd(at);
    if (at === 0) return 0;
  }
}

/** Behind one escape, or two that are a surrogate pair; `at` is behind the backslash. */
function escapeEnd(at: usize): usize {
  const byte = load<u8>(at);
  if (byte === 0x75) return unitEnd(at + 1);
  if (byte === QUOTE || byte === BACKSLASH || byte === 0x2f) return at + 1;
  return byte >= 64 && byte < 128 && ((SHORT_ESCAPES >> <u64>(byte - 64)) & 1) === 1 ? at + 1 : 0;
}

function unitEnd(at: usize): usize {
  const unit = hexUnit(at);
  if (unit < 0) return 0;
  if ((unit & 0xf800) !== 0xd800) return at + 4;
  if (unit >= 0xdc00 || load<u16>(at, 4) !== 0x755c) return 0;
  const second = hexUnit(at + 6);
  return second >= 0xdc00 && second <= 0xdfff ? at + 10 : 0;
}

function hexUnit(at: usize): i32 {
  let unit = 0;
  for (let index: usize = 0; index < 4; index++) {
    const byte = <i32>load<u8>(at + index);
    let digit = byte - 0x30;
    if (<u32>digit > 9) {
      digit = (byte | 0x20) - 0x61 + 10;
      if (digit < 10 || digit > 15) return -1;
    }
    unit = (unit << 4) | digit;
  }
  return unit;
}

export function isTail(at: usize): bool {
  return (load<u8>(at) & 0xc0) === 0x80;
}

/** Behind one character of two to four bytes (Unicode 16, table 3-7). */
function multibyteEnd(at: usize, first: u8): usize {
  const second = load<u8>(at, 1);
  if (first < 0xe0) return first >= 0xc2 && isTail(at + 1) ? at + 2 : 0;
  if (!isTail(at + 2)) return 0;
  if (first < 0xf0) {
    const least: u8 = first === 0xe0 ? 0xa0 : 0x80;
    const most: u8 = first === 0xed ? 0x9f : 0xbf;
    return second >= least && second <= most ? at + 3 : 0;
  }
  if (!isTail(at + 3)) return 0;
  const least: u8 = first === 0xf0 ? 0x90 : 0x80;
  const most: u8 = first === 0xf4 ? 0x8f : 0xbf;
  return first <= 0xf4 && second >= least && second <= most ? at + 4 : 0;
}

/** Whether the bytes equal a text that is padded to whole blocks. */
export function isText(at: usize, text: usize, length: usize): bool {
  let offset: usize = 0;
  for (; offset + 16 <= length; offset += 16) {
    if (!i8x16.all_true(i8x16.eq(v128.load(at + offset), v128.load(text + offset)))) return false;
  }
  const equal = i8x16.bitmask(i8x16.eq(v128.load(at + offset), v128.load(text + offset)));
  const wanted = (1 << (<i32>(length - offset))) - 1;
  return (equal & wanted) === wanted;
}

/** Behind white space. */
export function spaceEnd(start: usize): usize {
  let at = start;
  while (true) {
    const byte = load<u8>(at);
    if (byte > SPACE || !(byte === SPACE || byte === 10 || byte === 13 || byte === 9)) return at;
    at++;
  }
}
