import type { EventPlan, MemberPlan, ObjectPlan, ValuePlan } from "./plan.js";

/** So many names that no schema declares are kept of one object, and so many ways from a member to the next. */
const NAMES_MAX = 128;
const STEPS_MAX = 64;
const LITERAL_BYTES_MAX = 160;
/** A name is worth code that is in one of so many objects, and a step that is one of so many of its member's. */
const RARE = 32;
const STEPS_TESTED_MAX = 6;

/** The member `START` stands before the first one, `END` behind the last one. */
export const START = 0;
export const END = -1;

/** What may follow a member: the bytes from its value's end to the next value, and whose that is. */
export interface Step {
  readonly literal: Uint8Array;
  readonly member: number;
}

/** How producers write an object. */
export interface ObjectOrder {
  readonly object: ObjectPlan;
  /** Counted from 1: the schema's first, then what else was seen. Their names are a character a byte of their UTF-8. */
  readonly members: readonly MemberPlan[];
  /** By member, the most frequent step first. */
  readonly steps: readonly (readonly Step[])[];
}

interface SeenStep {
  readonly literal: Uint8Array;
  readonly to: SeenMember | null;
  count: number;
}

export interface SeenMember {
  readonly name: string;
  /** Null for a name that no schema declares. */
  readonly plan: MemberPlan | null;
  count: number;
  readonly steps: Map<string, SeenStep>;
}

/** What was seen of one of the schema's objects. */
export interface SeenObject {
  readonly object: ObjectPlan;
  readonly start: SeenMember;
  readonly members: Map<string, SeenMember>;
}

/** A name or a literal as a text: a character a byte. */
export const latin1Of = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");

export const nothingSeen = (plan: EventPlan): ReadonlyMap<ObjectPlan, SeenObject> =>
  new Map(
    plan.objects.map((object) => {
      const members = object.members.map((member): [string, SeenMember] => {
        const name = Buffer.from(member.name, "utf8").toString("latin1");
        return [name, newMember(name, member)];
      });
      return [object, { object, start: newMember("", null), members: new Map(members) }];
    }),
  );

const newMember = (name: string, plan: MemberPlan | null): SeenMember => ({
  name,
  plan,
  count: 0,
  steps: new Map(),
});

/** Undefined where there are too many already. */
export const memberOf = ({ object, members }: SeenObject, name: string): SeenMember | undefined => {
  const known = members.get(name);
  if (known !== undefined || members.size >= NAMES_MAX + object.members.length) return known;
  const member = newMember(name, null);
  members.set(name, member);
  return member;
};

/** `to` is null at the object's end. */
export const noteStep = (from: SeenMember, to: SeenMember | null, literal: Uint8Array): void => {
  if (literal.length > LITERAL_BYTES_MAX) return;
  const key = latin1Of(literal);
  const step = from.steps.get(key);
  if (step !== undefined) step.count++;
  else if (from.steps.size < STEPS_MAX) from.steps.set(key, { literal: literal.slice(), to, count: 1 });
};

export const orderOf = ({ object, start, members }: SeenObject): ObjectOrder => {
  const kept = [...members.values()].filter(({ plan, count }) => plan !== null || count * RARE > start.count);
  const numbers = new Map(kept.map((member, index) => [member, index + 1]));
  const value: ValuePlan = { kind: "any", depth: object.depth };
  return {
    object,
    members: kept.map(({ name, plan }) =>
      plan === null ? { name, required: false, nullable: false, value } : { ...plan, name },
    ),
    steps: [start, ...kept].map((member) => stepsOf(member, numbers)),
  };
};

const stepsOf = ({ steps, count }: SeenMember, numbers: ReadonlyMap<SeenMember, number>): readonly Step[] =>
  [...steps.values()]
    .filter((step) => step.count * RARE > count)
    .sort((a, b) => b.count - a.count)
    .flatMap(({ literal, to }) => {
      const member = to === null ? END : numbers.get(to);
      return member === undefined ? [] : [{ literal, member }];
    })
    .slice(0, STEPS_TESTED_MAX);
