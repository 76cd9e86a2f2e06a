import { type Bytes, spaceEnd } from "./bytes.js";
import type { EventPlan, ObjectPlan } from "./plan.js";
import { valueEnd } from "./skip.js";
import { textEnd } from "./text.js";

/** In one object so many names that no schema declares, and so many bytes between two values, are worth code. */
const NAMES_MAX = 96;
const LITERAL_BYTES_MAX = 160;
const NEXT_MAX = 4;

/** The member `START` stands before the first one, `END` behind the last one. */
export const START = 0;
export const END = -1;

/** What may follow a member: the bytes from its value's end to the next value, and whose that is. */
export interface Step {
  readonly literal: Uint8Array;
  readonly member: number;
}

/** How producers write an object: members are counted from 1, the schema's first, in its order. */
export interface ObjectOrder {
  /** Names that no schema declares, with the members behind the schema's. */
  readonly names: readonly string[];
  /** By member, the most frequent step first. */
  readonly steps: readonly (readonly Step[])[];
}

/** In what order members were seen to follow each other. */
export interface OrderLog {
  /** Notes an event that is known to be readable; from behind its brace. */
  note(bytes: Bytes, words: DataView, start: number, end: number): void;
  orderOf(object: ObjectPlan): ObjectOrder;
}

const COMMA = 44;
const OBJECT_END = 125;
const OBJECT = 123;
/** The plain reader has judged the depth. */
const DEPTH_ANY = 1024;

interface SeenStep extends Step {
  count: number;
}

interface SeenObject {
  readonly members: Map<string, number>;
  readonly names: string[];
  readonly steps: Map<string, SeenStep>[];
}

export const createOrderLog = (plan: EventPlan): OrderLog => {
  const seen = new Map<ObjectPlan, SeenObject>(plan.objects.map((object) => [object, nothingSeen(object)]));

  const noteObject = (
    object: ObjectPlan,
    bytes: Bytes,
    words: DataView,
    start: number,
    end: number,
  ): number => {
    const known = seen.get(object) as SeenObject;
    let member = START;
    let from = start;
    for (;;) {
      let at = spaceEnd(bytes, from, end);
      if (bytes[at] === OBJECT_END) {
        noteStep(known, member, END, bytes.subarray(from, at + 1));
        return at + 1;
      }
      if (bytes[at] === COMMA) at = spaceEnd(bytes, at + 1, end);
      const quote = textEnd(bytes, words, at + 1, end);
      if (quote < 0) return -1;
      const name = latin1Of(bytes.subarray(at + 1, quote));
      at = spaceEnd(bytes, spaceEnd(bytes, quote + 1, end) + 1, end);
      const next = memberOf(known, name);
      if (member >= 0 && next >= 0) noteStep(known, member, next, bytes.subarray(from, at));
      const value = next > START ? object.members[next - 1]?.value : undefined;
      from =
        value?.kind === "object" && bytes[at] === OBJECT
          ? noteObject(value.object, bytes, words, at + 1, end)
          : valueEnd(bytes, words, at, end, DEPTH_ANY);
      if (from < 0) return -1;
      member = next;
    }
  };

  return {
    note: (bytes, words, start, end) => {
      noteObject(plan.root, bytes, words, start, end);
    },
    orderOf: (object) => {
      const { names, steps } = seen.get(object) as SeenObject;
      return { names, steps: steps.map(mostFrequent) };
    },
  };
};

/** Names as the log keeps them: a character a byte of their UTF-8. */
const latin1Of = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");
export const nameOf = (utf8: string): string => Buffer.from(utf8, "utf8").toString("latin1");

const nothingSeen = ({ members }: ObjectPlan): SeenObject => ({
  members: new Map(members.map(({ name }, index) => [nameOf(name), index + 1])),
  names: [],
  steps: Array.from({ length: members.length + 1 }, () => new Map<string, SeenStep>()),
});

const UNKNOWN = -2;

const memberOf = (known: SeenObject, name: string): number => {
  const found = known.members.get(name);
  if (found !== undefined) return found;
  if (known.names.length >= NAMES_MAX) return UNKNOWN;
  const member = known.steps.length;
  known.names.push(name);
  known.members.set(name, member);
  known.steps.push(new Map());
  return member;
};

const noteStep = (known: SeenObject, from: number, to: number, literal: Uint8Array): void => {
  const steps = known.steps[from];
  if (steps === undefined || literal.length > LITERAL_BYTES_MAX) return;
  const key = latin1Of(literal);
  const step = steps.get(key);
  if (step) step.count++;
  else if (steps.size < NAMES_MAX) steps.set(key, { literal: literal.slice(), member: to, count: 1 });
};

const mostFrequent = (steps: Map<string, SeenStep>): readonly Step[] =>
  [...steps.values()].sort((a, b) => b.count - a.count).slice(0, NEXT_MAX);
