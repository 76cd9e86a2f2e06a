import { type Bytes, spaceEnd } from "./bytes.js";
import type { ArrayPlan, EventPlan, ObjectPlan, ValuePlan } from "./plan.js";
import {
  latin1Of,
  memberOf,
  noteStep,
  nothingSeen,
  type ObjectOrder,
  orderOf,
  type SeenMember,
  type SeenObject,
} from "./seen.js";
import { valueEnd } from "./skip.js";

const COMMA = 44;
const ARRAY = 91;
const ARRAY_END = 93;
const OBJECT = 123;
const OBJECT_END = 125;
const BACKSLASH = "\\";
/** The event is known to be nested no deeper than it may. */
const DEPTH_ANY = 1024;

/** Learns from events in what order the members of the schema's objects follow each other. */
export interface OrderLog {
  /** Notes an event that is known to be readable, from behind its brace. */
  note(bytes: Bytes, words: DataView, start: number, end: number): void;
  /** One for each of the schema's objects. */
  orders(): readonly ObjectOrder[];
}

export const createOrderLog = (plan: EventPlan): OrderLog => {
  const seen = nothingSeen(plan);

  /** Each of these returns where it ends. */
  const noteObject = (
    object: ObjectPlan,
    bytes: Bytes,
    words: DataView,
    start: number,
    end: number,
  ): number => {
    const known = seen.get(object) as SeenObject;
    let member: SeenMember | undefined = known.start;
    let from = start;
    for (;;) {
      if (member !== undefined) member.count++;
      let at = spaceEnd(bytes, from, end);
      if (bytes[at] === OBJECT_END) {
        if (member !== undefined) noteStep(member, null, bytes.subarray(from, at + 1));
        return at + 1;
      }
      if (bytes[at] === COMMA) at = spaceEnd(bytes, at + 1, end);
      const behindName = valueEnd(bytes, words, at, end, 0);
      const name = latin1Of(bytes.subarray(at + 1, behindName - 1));
      at = spaceEnd(bytes, spaceEnd(bytes, behindName, end) + 1, end);
      const next: SeenMember | undefined = name.includes(BACKSLASH) ? undefined : memberOf(known, name);
      if (member !== undefined && next !== undefined) noteStep(member, next, bytes.subarray(from, at));
      from = noteValue(next?.plan?.value, bytes, words, at, end);
      member = next;
    }
  };

  const noteValue = (
    value: ValuePlan | undefined,
    bytes: Bytes,
    words: DataView,
    at: number,
    end: number,
  ): number => {
    if (value?.kind === "object" && bytes[at] === OBJECT)
      return noteObject(value.object, bytes, words, at + 1, end);
    if (value?.kind === "array" && bytes[at] === ARRAY)
      return noteArray(value.array, bytes, words, at + 1, end);
    return valueEnd(bytes, words, at, end, DEPTH_ANY);
  };

  const noteArray = (
    { item }: ArrayPlan,
    bytes: Bytes,
    words: DataView,
    start: number,
    end: number,
  ): number => {
    let at = spaceEnd(bytes, start, end);
    while (bytes[at] !== ARRAY_END) {
      if (bytes[at] === COMMA) at = spaceEnd(bytes, at + 1, end);
      at = spaceEnd(bytes, noteValue(item, bytes, words, at, end), end);
    }
    return at + 1;
  };

  return {
    note: (bytes, words, start, end) => {
      noteObject(plan.root, bytes, words, start, end);
    },
    orders: () => [...seen.values()].map(orderOf),
  };
};
