import {
  DEPTH_MAX,
  KIND_ARRAY,
  KIND_OBJECT,
  KIND_TEXT,
  MEMBER_CHILD,
  MEMBER_HEAD,
  MEMBER_KIND,
  MEMBER_LENGTH_MAX,
  MEMBER_MASK,
  MEMBER_NEXT,
  MEMBER_PATTERN,
  MEMBER_PATTERN_LENGTH,
  MEMBER_REQUIRED,
  MEMBER_SEEN,
  OBJECT_FIRST,
  OBJECT_REQUIRED,
} from "../layout";
import {
  findMember,
  Member,
  MEMBER_BARE,
  MEMBER_CODES,
  MEMBER_REFUSED,
  MEMBER_SKIPPED,
  OBJECT_ENDED,
} from "./member";
import { space } from "./skip";
import { State } from "./state";
import { isText } from "./text";
import { readBareTime, readScalar, readText } from "./value";

/** The members but for the comma before them: in its place is the brace of the first. */
const BEHIND_COMMA: u32 = 0xfffffffe;
const ALL: u32 = 0xffffffff;

/**
 * From the brace of an object to behind its end; 0: it does not fit its schema, or the plain reader must tell. Members
 * are expected in the order in which they came last time.
 */
export function readObject(start: usize, object: usize, depth: i32): usize {
  if (depth > load<i32>(DEPTH_MAX)) return 0;
  let at = start;
  const number = ++State.objects;
  let required: u32 = 0;
  let compared = BEHIND_COMMA;
  /** Where it is noted which member to expect. */
  let expected = object + OBJECT_FIRST;
  while (true) {
    let member = <usize>load<u32>(expected);
    const equal = <u32>i8x16.bitmask(i8x16.eq(v128.load(at), v128.load(member, MEMBER_HEAD)));
    const wanted = load<u32>(member, MEMBER_MASK) & compared;
    const length = <usize>load<u32>(member, MEMBER_PATTERN_LENGTH);
    if (
      (equal & wanted) === wanted &&
      (length <= 16 || isText(at + 16, <usize>load<u32>(member, MEMBER_PATTERN) + 16, length - 16))
    )
      at += length;
    else {
      member = findMember(at, compared !== ALL, object, depth);
      at = Member.at;
      if (member < MEMBER_CODES) {
        if (member === MEMBER_REFUSED) return 0;
        if (member === OBJECT_ENDED) break;
        compared = ALL;
        if (member === MEMBER_SKIPPED) continue;
        // a null behind a value takes its place, and the plain reader must tell
        if (load<u64>(Member.record, MEMBER_SEEN) === number) return 0;
        if (member === MEMBER_BARE) {
          store<u64>(Member.record, number, MEMBER_SEEN);
          required += load<u32>(Member.record, MEMBER_REQUIRED);
          at = readBareTime(at);
          if (at === 0) return 0;
        }
        continue;
      }
      store<u32>(expected, <u32>member);
    }
    compared = ALL;
    if (load<u64>(member, MEMBER_SEEN) === number) return 0;
    store<u64>(member, number, MEMBER_SEEN);
    required += load<u32>(member, MEMBER_REQUIRED);
    expected = member + MEMBER_NEXT;
    const kind = <u32>load<u8>(member, MEMBER_KIND);
    if (kind === KIND_TEXT) at = readText(at, member);
    else at = readMember(at, member, kind, depth);
    if (at === 0) return 0;
  }
  return required === load<u32>(object, OBJECT_REQUIRED) ? at : 0;
}

/** Reads the value of a member, or an item. A text begins behind its quote. */
function readMember(at: usize, member: usize, kind: u32, depth: i32): usize {
  if (kind === KIND_OBJECT)
    return load<u8>(at) === 0x7b ? readObject(at, load<u32>(member, MEMBER_CHILD), depth + 1) : 0;
  if (kind === KIND_ARRAY) return load<u8>(at) === 0x5b ? readArray(at, member, depth + 1) : 0;
  return readScalar(at, member, kind);
}

function readArray(start: usize, member: usize, depth: i32): usize {
  if (depth > load<i32>(DEPTH_MAX)) return 0;
  const items = <usize>load<u32>(member, MEMBER_CHILD);
  const kind = <u32>load<u8>(items, MEMBER_KIND);
  const itemsMax = load<u32>(member, MEMBER_LENGTH_MAX);
  let count: u32 = 0;
  let at = space(start + 1);
  if (load<u8>(at) === 0x5d) return at + 1;
  while (true) {
    if (kind !== KIND_TEXT) at = readMember(at, items, kind, depth);
    else at = load<u8>(at) === 0x22 ? readText(at + 1, items) : 0;
    if (at === 0 || ++count > itemsMax) return 0;
    at = space(at);
    const byte = load<u8>(at++);
    if (byte === 0x5d) return at;
    if (byte !== 0x2c) return 0;
    at = space(at);
  }
}
