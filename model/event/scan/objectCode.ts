import type { ArrayPlan, ValuePlan } from "./plan.js";
import { END, type ObjectOrder, START, type Step } from "./seen.js";
import { type CodeContext, isAt } from "./codeTerms.js";
import { valueCode } from "./valueCode.js";

const MASK_BITS = 31;

/**
 * The function `readN(b, w, p, e, i)` of an object, from behind its brace. Each member is a case that reads its value and then
 * compares what follows with what was seen to follow, so that the usual order is one straight line; any other key is
 * looked up, and the switch taken again.
 */
export const objectCode = ({ object, members, steps }: ObjectOrder, context: CodeContext): string => {
  const { index, depth } = object;
  const declared = object.members.length;
  const unknown: ValuePlan = { kind: "any", depth };
  const masks = Array.from({ length: Math.ceil(declared / MASK_BITS) }, (_, mask) => `m${mask}`);
  const line = caseOrder(members.length, steps);

  const caseCode = (member: number, place: number): string => {
    const plan = members[member - 1];
    const once = member !== START && member <= declared ? onceCode(member - 1) : "";
    const value = plan === undefined ? "" : valueCode(plan.value, plan.nullable, context);
    return `case ${member}:\n${once}\n${value}\n${stepsCode(member, steps[member] ?? [], line[place + 1])}`;
  };

  return `
const key${index} = (b, w, p, e, q) => {
  ${keyCode(members.map(({ name }) => name))}
};
const read${index} = (b, w, p, e, i) => {
  let c = 0, q = 0, u = 0, v = 0, next = ${START};
  ${masks.map((mask) => `let ${mask} = 0;`).join(" ")}
  members: for (;;) {
    known: switch (next) {
      ${line.map(caseCode).join("\n")}
      default:
        ${valueCode(unknown, false, context)}
    }
    c = b[p]; if (c <= 32) { p = space(b, p, e); c = b[p]; }
    if (c === 125) { p++; break members; }
    if (next !== ${START}) {
      if (c !== 44) return -1;
      c = b[++p]; if (c <= 32) { p = space(b, p, e); c = b[p]; }
    }
    if (c !== 34) return -1;
    lookups[0]++;
    q = text(b, w, p + 1, e);
    if (q < 0) return -1;
    next = key${index}(b, w, p + 1, e, q);
    p = q + 1;
    if (b[p] !== 58) { p = space(b, p, e); if (b[p] !== 58) return -1; }
    p++;
  }
  ${requiredCode(object.members.map(({ required }) => required))}
  return p;
};`;
};

/** The likeliest way through all members from the first on; what it leaves out comes behind it. */
const caseOrder = (count: number, steps: ObjectOrder["steps"]): readonly number[] => {
  const line = [START];
  const left = new Set(Array.from({ length: count }, (_, index) => index + 1));
  while (left.size > 0) {
    const likely = (steps[line.at(-1) as number] ?? []).find(({ member }) => left.has(member));
    const [next = likely?.member] = likely ? [likely.member] : left;
    line.push(next as number);
    left.delete(next as number);
  }
  return line;
};

const stepsCode = (from: number, steps: readonly Step[], nextCase: number | undefined): string => {
  const tests = steps.map(({ literal, member }) => {
    const then =
      member === END
        ? "break members;"
        : member === nextCase
          ? from === START
            ? `next = ${member};`
            : ""
          : `next = ${member}; continue members;`;
    return `if (${isAt(literal)}) { p += ${literal.length}; ${then} } else `;
  });
  return `${tests.join("")}break known;`;
};

const onceCode = (bit: number): string => {
  const mask = `m${Math.floor(bit / MASK_BITS)}`;
  const flag = 1 << (bit % MASK_BITS);
  return `if ((${mask} & ${flag}) !== 0) return -1; ${mask} |= ${flag};`;
};

const requiredCode = (required: readonly boolean[]): string => {
  const flags: number[] = [];
  for (const [bit, isRequired] of required.entries()) {
    const mask = Math.floor(bit / MASK_BITS);
    flags[mask] = (flags[mask] ?? 0) | (isRequired ? 1 << (bit % MASK_BITS) : 0);
  }
  return flags
    .map((flag, mask) => (flag === 0 ? "" : `if ((m${mask} & ${flag}) !== ${flag}) return -1;`))
    .join(" ");
};

/** The member of a name; -1 for none. */
const keyCode = (names: readonly string[]): string => {
  const byLength = new Map<number, { readonly bytes: Uint8Array; readonly member: number }[]>();
  for (const [index, name] of names.entries()) {
    const bytes = Buffer.from(name, "latin1");
    const same = byLength.get(bytes.length) ?? [];
    same.push({ bytes, member: index + 1 });
    byLength.set(bytes.length, same);
  }
  const cases = [...byLength].map(([length, same]) => {
    const tests = same.map(({ bytes, member }) =>
      length === 0 ? `return ${member};` : `if (${isAt(bytes)}) return ${member};`,
    );
    return `case ${length}: ${tests.join(" ")} return -1;`;
  });
  return `switch (q - p) { ${cases.join("\n")} default: return -1; }`;
};

/** The function `readN(b, w, p, e, i)` of an array, from behind its bracket. */
export const arrayCode = ({ index, item, itemsMax }: ArrayPlan, context: CodeContext): string => `
const read${index} = (b, w, p, e, i) => {
  let c = 0, q = 0, u = 0, v = 0, items = 0;
  p = space(b, p, e);
  if (b[p] === 93) return p + 1;
  for (;;) {
    if (++items > ${itemsMax}) return -1;
    ${valueCode(item, false, context)}
    p = space(b, p, e);
    c = b[p++];
    if (c !== 44) return c === 93 ? p : -1;
  }
};`;
