import { DEPTH_MAX } from "../layout";
import { numberEnd } from "./number";
import { spaceEnd, textEnd } from "./text";

const QUOTE: u8 = 0x22;
const COMMA: u8 = 0x2c;
const COLON: u8 = 0x3a;
const ARRAY: u8 = 0x5b;
const ARRAY_END: u8 = 0x5d;
const OBJECT: u8 = 0x7b;
const OBJECT_END: u8 = 0x7d;
const TRUE: u32 = 0x65757274;
const ALSE: u32 = 0x65736c61;
const NULL: u32 = 0x6c6c756e;
/** A container of a value that is skipped has a bit of 64. */
const LEVELS_MAX = 63;

/** Behind white space, and seldom is there any. */
export function space(at: usize): usize {
  return load<u8>(at) <= 0x20 ? spaceEnd(at) : at;
}

/** From the quote of a name to behind its colon and what is white behind it; 0: there is no such thing. */
function nameEnd(start: usize): usize {
  if (load<u8>(start) !== QUOTE) return 0;
  const quote = textEnd(start + 1);
  if (quote === 0) return 0;
  const at = space(quote + 1);
  return load<u8>(at) === COLON ? space(at + 1) : 0;
}

/** Behind a number, `true`, `false` or `null`; 0: it is none. */
function atomEnd(at: usize, first: u8): usize {
  if (first === 0x74) return load<u32>(at) === TRUE ? at + 4 : 0;
  if (first === 0x66) return load<u32>(at, 1) === ALSE ? at + 5 : 0;
  if (first === 0x6e) return load<u32>(at) === NULL ? at + 4 : 0;
  return numberEnd(at);
}

/** Behind any JSON value, whose container is the `depth`th of those that are open; 0: it is none, or nested too deep. */
export function valueEnd(start: usize, depth: i32): usize {
  const levelsMax = min(load<i32>(DEPTH_MAX) - depth, LEVELS_MAX);
  let at = start;
  let level = 0;
  /** The lowest bit is the innermost container's: 1 of an object. */
  let objects: u64 = 0;
  while (true) {
    const first = load<u8>(at);
    if (first === QUOTE) {
      at = textEnd(at + 1);
      if (at === 0) return 0;
      at++;
    } else if (first === OBJECT || first === ARRAY) {
      if (++level > levelsMax) return 0;
      objects = (objects << 1) | <u64>(first === OBJECT);
      at = space(at + 1);
      if (load<u8>(at) !== (first === OBJECT ? OBJECT_END : ARRAY_END)) {
        if (first === OBJECT) {
          at = nameEnd(at);
          if (at === 0) return 0;
        }
        continue;
      }
    } else {
      at = atomEnd(at, first);
      if (at === 0) return 0;
    }
    while (true) {
      if (level === 0) return at;
      at = space(at);
      const byte = load<u8>(at++);
      const isObject = (objects & 1) === 1;
      if (byte === COMMA) {
        at = space(at);
        if (isObject) {
          at = nameEnd(at);
          if (at === 0) return 0;
        }
        break;
      }
      if (byte !== (isObject ? OBJECT_END : ARRAY_END)) return 0;
      objects >>= 1;
      level--;
    }
  }
}
