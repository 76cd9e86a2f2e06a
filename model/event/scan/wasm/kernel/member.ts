import {
  KIND_TIME,
  MEMBER_KIND,
  MEMBER_NAME,
  MEMBER_NAME_LENGTH,
  MEMBER_NULLABLE,
  MEMBER_QUOTED,
  NAME_MULTIPLIER,
  OBJECT_SHIFT,
  OBJECT_SLOTS,
} from "../layout";
import { space, valueEnd } from "./skip";
import { State } from "./state";
import { isText, textEnd } from "./text";

const NULL: u32 = 0x6c6c756e;
const MULTIPLIER: u32 = <u32>NAME_MULTIPLIER;

/** What `findMember` returns where it is no record of a member that has a value as expected. */
export const MEMBER_REFUSED: usize = 0;
export const OBJECT_ENDED: usize = 1;
/** A value that no schema declares, or a null. */
export const MEMBER_SKIPPED: usize = 2;
/** A null that the schema allows. */
export const MEMBER_NULL: usize = 3;
/** A time that is no text. */
export const MEMBER_BARE: usize = 4;
export const MEMBER_CODES: usize = 16;

export class Member {
  /** Behind what was found: at a value, or inside the quote of a text; else where the next member begins. */
  static at: usize = 0;
  /** The record of one that is null or bare. */
  static record: usize = 0;
}

function memberOf(object: usize, name: usize, length: usize): usize {
  let head = load<u64>(name);
  if (length < 8) head &= ((<u64>1) << (<u64>(length << 3))) - 1;
  const low = <u32>head + <u32>length;
  const shift = load<u32>(object, OBJECT_SHIFT);
  const mask = ((<u32>1) << (32 - shift)) - 1;
  let slot = ((low ^ (<u32>(head >> 32) * MULTIPLIER)) * MULTIPLIER) >> shift;
  while (true) {
    const member = <usize>load<u32>(object + <usize>(slot << 2), OBJECT_SLOTS);
    if (member === 0) return 0;
    if (
      <usize>load<u32>(member, MEMBER_NAME_LENGTH) === length &&
      isText(name, load<u32>(member, MEMBER_NAME), length)
    )
      return member;
    slot = (slot + 1) & mask;
  }
}

/** The member of the object that comes next, whichever it is. `start`: at the brace, or behind a member. */
export function findMember(start: usize, isFirst: bool, object: usize, depth: i32): usize {
  let at = isFirst ? space(start + 1) : space(start);
  const byte = load<u8>(at);
  if (byte === 0x7d) {
    Member.at = at + 1;
    return OBJECT_ENDED;
  }
  if (!isFirst) {
    if (byte !== 0x2c) return MEMBER_REFUSED;
    at = space(at + 1);
  }
  if (load<u8>(at) !== 0x22) return MEMBER_REFUSED;
  const name = at + 1;
  const quote = textEnd(name);
  if (quote === 0 || State.hasEscapes) return MEMBER_REFUSED;
  at = space(quote + 1);
  if (load<u8>(at) !== 0x3a) return MEMBER_REFUSED;
  at = space(at + 1);
  const member = memberOf(object, name, quote - name);
  if (member === 0) {
    Member.at = valueEnd(at, depth);
    return Member.at === 0 ? MEMBER_REFUSED : MEMBER_SKIPPED;
  }
  return valueOf(member, at);
}

function valueOf(member: usize, at: usize): usize {
  const first = load<u8>(at);
  Member.record = member;
  Member.at = at;
  if (first === 0x6e) {
    if (load<u8>(member, MEMBER_NULLABLE) === 0 || load<u32>(at) !== NULL) return MEMBER_REFUSED;
    Member.at = at + 4;
    return MEMBER_NULL;
  }
  if (load<u8>(member, MEMBER_QUOTED) === 0) return member;
  if (first === 0x22) {
    Member.at = at + 1;
    return member;
  }
  return load<u8>(member, MEMBER_KIND) === KIND_TIME ? MEMBER_BARE : MEMBER_REFUSED;
}
