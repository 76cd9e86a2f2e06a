import { State } from "./state";

const MINUS: u8 = 0x2d;
const POINT: u8 = 0x2e;
const ZERO: u8 = 0x30;
const LOWER_E: u8 = 0x65;
const ZEROS: u64 = 0x3030303030303030;
/** So many digits fit into 64 bits. */
const DIGITS_MAX: usize = 18;
const SAFE_MAX: u64 = 9007199254740991;

/** The double of a JSON number that is hard to round. */
declare function doubleOf(start: usize, end: usize): f64;

function isDigit(byte: u8): bool {
  return <u8>(byte - ZERO) < 10;
}

function digitsEnd(start: usize): usize {
  let at = start;
  while (isDigit(load<u8>(at))) at++;
  return at;
}

/** Behind a JSON number; 0: there is none. */
export function numberEnd(start: usize): usize {
  let at = load<u8>(start) === MINUS ? start + 1 : start;
  let from = at;
  at = load<u8>(at) === ZERO ? at + 1 : digitsEnd(at);
  if (at === from) return 0;
  if (load<u8>(at) === POINT) {
    from = at + 1;
    at = digitsEnd(from);
    if (at === from) return 0;
  }
  if ((load<u8>(at) | 0x20) === LOWER_E) {
    const sign = load<u8>(at, 1);
    from = sign === 0x2b || sign === MINUS ? at + 2 : at + 1;
    at = digitsEnd(from);
    if (at === from) return 0;
  }
  return at;
}

/** Reads a JSON number into `State.number`, as `JSON.parse` does. Returns where it ends; 0: there is none, or it is infinite. */
export function readNumber(at: usize): usize {
  // up to 7 digits and nothing else: all at once
  const word = load<u64>(at) ^ ZEROS;
  const stops = (word | (word + 0x0606060606060606)) & 0xf0f0f0f0f0f0f0f0;
  if (stops === 0) return readLong(at);
  const bits = ctz(stops) & 0x38;
  const end = at + <usize>(bits >> 3);
  const behind = load<u8>(end);
  if (bits === 0 || ((word & 0xff) === 0 && bits > 8) || behind === POINT || (behind | 0x20) === LOWER_E)
    return readLong(at);
  let pairs = word << (64 - bits);
  pairs = pairs * 10 + (pairs >> 8);
  const low = (pairs & 0x000000ff000000ff) * 0x000f424000000064;
  const high = ((pairs >> 16) & 0x000000ff000000ff) * 0x0000271000000001;
  State.number = <f64>((low + high) >> 32);
  return end;
}

function digitAt(at: usize): u64 {
  return <u64>(<u8>(load<u8>(at) - ZERO));
}

/** An integer below 2^53 over a power of ten up to 10^22 is one division of exact doubles, which rounds once: Clinger's fast path. */
function readLong(start: usize): usize {
  const isNegative = load<u8>(start) === MINUS;
  const first = isNegative ? start + 1 : start;
  let at = first;
  let units = digitAt(at);
  if (units > 9) return 0;
  let digit = digitAt(++at);
  if (units === 0 && digit < 10) return 0;
  while (digit < 10) {
    units = units * 10 + digit;
    digit = digitAt(++at);
  }
  let digits = at - first;
  let power: f64 = 1;
  if (load<u8>(at) === POINT) {
    const point = at;
    digit = digitAt(++at);
    if (digit > 9) return 0;
    while (digit < 10) {
      units = units * 10 + digit;
      power *= 10;
      digit = digitAt(++at);
    }
    digits += at - point - 1;
  }
  if (digits > DIGITS_MAX || units > SAFE_MAX || (load<u8>(at) | 0x20) === LOWER_E) return readHard(start);
  const number = <f64>units / power;
  State.number = isNegative ? -number : number;
  return at;
}

function readHard(start: usize): usize {
  const end = numberEnd(start);
  if (end === 0) return 0;
  State.number = doubleOf(start, end);
  return isFinite(State.number) ? end : 0;
}
