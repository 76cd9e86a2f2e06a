import {
  DEPTH_MAX,
  ESCAPED_COUNT,
  ESCAPED_COUNT_MAX,
  ESCAPED_TEXTS,
  ID_BYTES_MAX,
  KIND_BOOLEAN,
  KIND_BOUNDS,
  KIND_ID,
  KIND_INTEGER,
  KIND_NUMBER,
  KIND_TIME,
  KIND_TYPE,
  MEMBER_CHECKED,
  MEMBER_COLUMN,
  MEMBER_ENDS,
  MEMBER_ENUM,
  MEMBER_ENUM_COUNT,
  MEMBER_KINDS,
  MEMBER_LEAST,
  MEMBER_LENGTH_MAX,
  MEMBER_LENGTH_MIN,
  MEMBER_MOST,
  MEMBER_NUMBERS,
  MEMBER_POWER,
  MEMBER_STARTS,
  ROW_ID_ENDS,
  ROW_ID_STARTS,
  ROW_TIMES,
  TYPE_BYTES,
  TYPE_COUNT,
  TYPE_NAME,
  TYPE_NAME_LENGTH,
  TYPE_RECORDS,
} from "../layout";
import { epochEnd, readInstant } from "./instant";
import { readNumber } from "./number";
import { space } from "./skip";
import { State } from "./state";
import { isTail, isText, textEnd } from "./text";

// what a column says of a row: see ../../columns.ts
const TEXT: u8 = 1;
const NUMBER: u8 = 2;
const FALSE: u8 = 3;
const TRUE: u8 = 4;

const TRUE_WORD: u32 = 0x65757274;
const FALS_WORD: u32 = 0x736c6166;
const SAFE_MAX: f64 = 9007199254740991;
/** A decimal has up to 15 digits. */
const UNITS_MAX: f64 = 999999999999999;

/** All of these return where the value ends; 0: it does not fit, or the plain reader must tell. */

/** From behind the quote. */
export function readText(start: usize, member: usize): usize {
  const end = textEnd(start);
  if (end === 0 || (load<u8>(member, MEMBER_CHECKED) !== 0 && !isWithin(start, end, member))) return 0;
  const kinds = <usize>load<u32>(member, MEMBER_KINDS);
  if (kinds !== 0) {
    if (State.hasEscapes && !noteEscaped(member)) return 0;
    const offset = State.row << 2;
    store<u8>(kinds + State.row, TEXT);
    store<u32>(<usize>load<u32>(member, MEMBER_STARTS) + offset, <u32>(start - State.shift));
    store<u32>(<usize>load<u32>(member, MEMBER_ENDS) + offset, <u32>(end - State.shift));
  }
  return end + 1;
}

/** False: there is no room for it. */
function noteEscaped(member: usize): bool {
  const count = load<u32>(ESCAPED_COUNT);
  if (count === load<u32>(ESCAPED_COUNT_MAX)) return false;
  const pair = <usize>load<u32>(ESCAPED_TEXTS) + <usize>(count << 3);
  store<u32>(pair, <u32>State.row);
  store<u32>(pair, load<u32>(member, MEMBER_COLUMN), 4);
  store<u32>(ESCAPED_COUNT, count + 1);
  return true;
}

function isWithin(start: usize, end: usize, member: usize): bool {
  if (State.hasEscapes) return false;
  const values = <usize>load<u32>(member, MEMBER_ENUM);
  if (values !== 0 && !isAmong(start, end - start, values, load<u32>(member, MEMBER_ENUM_COUNT)))
    return false;
  let length = <u32>(end - start);
  if (State.isWide) for (let at = start; at < end; at++) if (isTail(at)) length--;
  return length >= load<u32>(member, MEMBER_LENGTH_MIN) && length <= load<u32>(member, MEMBER_LENGTH_MAX);
}

function isAmong(start: usize, length: usize, values: usize, count: u32): bool {
  const block = v128.load(start);
  const wanted = (1 << (<i32>length)) - 1;
  let isFound = false;
  // short ones all, without a branch: which one it is cannot be foreseen
  for (let index: u32 = 0; index < count; index++) {
    const value = values + <usize>(index << 3);
    if (<usize>load<u32>(value) !== length) continue;
    const text = <usize>load<u32>(value, 4);
    if (length > 16) isFound = isFound || isText(start, text, length);
    else isFound = isFound || (i8x16.bitmask(i8x16.eq(block, v128.load(text))) & wanted) === wanted;
  }
  return isFound;
}

export function readScalar(at: usize, member: usize, kind: u32): usize {
  switch (kind) {
    case KIND_INTEGER:
      return readInteger(at, member);
    case KIND_NUMBER:
      return readDecimal(at, member);
    case KIND_BOOLEAN:
      return readBoolean(at, member);
    case KIND_ID:
      return readId(at);
    case KIND_TIME:
      return readTime(at);
    case KIND_TYPE:
      return readType(at);
    case KIND_BOUNDS:
      return readBounds(at);
    default:
      return 0;
  }
}

function isInRange(member: usize): bool {
  return State.number >= load<f64>(member, MEMBER_LEAST) && State.number <= load<f64>(member, MEMBER_MOST);
}

function putNumber(member: usize): void {
  const kinds = <usize>load<u32>(member, MEMBER_KINDS);
  if (kinds === 0) return;
  store<u8>(kinds + State.row, NUMBER);
  store<f64>(<usize>load<u32>(member, MEMBER_NUMBERS) + (State.row << 3), State.number);
}

function readInteger(at: usize, member: usize): usize {
  const end = readNumber(at);
  if (end === 0 || !isInRange(member) || floor(State.number) !== State.number) return 0;
  putNumber(member);
  return end;
}

function readDecimal(at: usize, member: usize): usize {
  const end = readNumber(at);
  if (end === 0 || !isInRange(member)) return 0;
  const power = load<f64>(member, MEMBER_POWER);
  if (power !== 0 && !isDecimal(State.number, power)) return 0;
  putNumber(member);
  return end;
}

/** Whether the number is the double of a whole number of units; halves are rounded up, as by `Math.round`. */
function isDecimal(number: f64, power: f64): bool {
  const exact = number * power;
  const below = floor(exact);
  const units = exact - below >= 0.5 ? below + 1 : below;
  return abs(units) <= UNITS_MAX && units / power === number;
}

function readBoolean(at: usize, member: usize): usize {
  const word = load<u32>(at);
  const isTrue = word === TRUE_WORD;
  if (!isTrue && (word !== FALS_WORD || load<u8>(at, 4) !== 0x65)) return 0;
  const kinds = <usize>load<u32>(member, MEMBER_KINDS);
  if (kinds !== 0) store<u8>(kinds + State.row, isTrue ? TRUE : FALSE);
  return isTrue ? at + 4 : at + 5;
}

function readId(at: usize): usize {
  const end = textEnd(at);
  if (end <= at || end - at > <usize>load<u32>(ID_BYTES_MAX) || State.hasEscapes) return 0;
  const offset = State.row << 2;
  store<u32>(<usize>load<u32>(ROW_ID_STARTS) + offset, <u32>(at - State.shift));
  store<u32>(<usize>load<u32>(ROW_ID_ENDS) + offset, <u32>(end - State.shift));
  return end + 1;
}

function putTime(): void {
  store<f64>(<usize>load<u32>(ROW_TIMES) + (State.row << 3), State.number);
}

function readTime(at: usize): usize {
  const end = readInstant(at);
  if (end === 0) return 0;
  putTime();
  return end + 1;
}

export function readBareTime(at: usize): usize {
  const end = epochEnd(readNumber(at));
  if (end !== 0) putTime();
  return end;
}

/** 0 also where the type is another known one, which is the one to try then. */
function readType(at: usize): usize {
  const length = <usize>load<u32>(State.type, TYPE_NAME_LENGTH);
  if (isText(at, load<u32>(State.type, TYPE_NAME), length)) return at + length;
  const records = <usize>load<u32>(TYPE_RECORDS);
  const count = <usize>load<u32>(TYPE_COUNT);
  for (let record = records; record < records + count * TYPE_BYTES; record += TYPE_BYTES) {
    if (!isText(at, load<u32>(record, TYPE_NAME), load<u32>(record, TYPE_NAME_LENGTH))) continue;
    State.type = record;
    State.otherTypeAt = at;
    break;
  }
  return 0;
}

function isBound(): bool {
  return State.number >= 0 && State.number <= SAFE_MAX && floor(State.number) === State.number;
}

/** `[maxLateMs, maxAheadMs]` */
function readBounds(start: usize): usize {
  if (load<u8>(start) !== 0x5b || load<i32>(DEPTH_MAX) < 2) return 0;
  let at = readNumber(space(start + 1));
  if (at === 0 || !isBound()) return 0;
  State.lateMs = State.number;
  at = space(at);
  if (load<u8>(at) !== 0x2c) return 0;
  at = readNumber(space(at + 1));
  if (at === 0 || !isBound()) return 0;
  State.aheadMs = State.number;
  at = space(at);
  return load<u8>(at) === 0x5d ? at + 1 : 0;
}
