import { refuse, within } from "../definitionError.js";
import { parseInstant } from "../event/instant.js";
import { type Duration, durationOf } from "./duration.js";
import type { Expr, Expression, FunctionName, ValueType } from "./expression.js";
import { typeOfCall } from "./functions/index.js";
import { type AnyOperand, type Comparable, node, type Operand, toExpression } from "./operand.js";

/** What users write: each makes one node of the tree. */

const call = <T extends ValueType>(name: FunctionName, operands: readonly unknown[]): Expr<T> =>
  within(name === "if" ? "iff" : name === "in" ? "oneOf" : name, () => {
    const args = operands.map(toExpression);
    return node({ kind: "call", type: typeOfCall(name, args), name, args }) as Expr<T>;
  });

type Bool = Operand<"boolean">;
type Text = Operand<"string">;
type Int = Operand<"integer">;
type Ordered = Operand<"string"> | Operand<"integer"> | Operand<"number"> | Expr<"instant">;

export const eq = <A extends AnyOperand>(a: A, b: Comparable<A>): Expr<"boolean"> => call("eq", [a, b]);
export const ne = <A extends AnyOperand>(a: A, b: Comparable<A>): Expr<"boolean"> => call("ne", [a, b]);
/** Texts are ordered by their UTF-8 bytes. */
export const lt = <A extends Ordered>(a: A, b: Comparable<A>): Expr<"boolean"> => call("lt", [a, b]);
export const lte = <A extends Ordered>(a: A, b: Comparable<A>): Expr<"boolean"> => call("lte", [a, b]);
export const gt = <A extends Ordered>(a: A, b: Comparable<A>): Expr<"boolean"> => call("gt", [a, b]);
export const gte = <A extends Ordered>(a: A, b: Comparable<A>): Expr<"boolean"> => call("gte", [a, b]);
export const and = (a: Bool, b: Bool, ...more: readonly Bool[]): Expr<"boolean"> =>
  call("and", [a, b, ...more]);
export const or = (a: Bool, b: Bool, ...more: readonly Bool[]): Expr<"boolean"> =>
  call("or", [a, b, ...more]);
export const not = (a: Bool): Expr<"boolean"> => call("not", [a]);
export const isNull = (a: Expr): Expr<"boolean"> => call("isNull", [a]);

/** The first that is not null. */
export const coalesce = <T extends ValueType>(
  first: Expr<T>,
  ...rest: readonly [Operand<T>, ...Operand<T>[]]
): Expr<T> => call("coalesce", alike([first, ...rest]));
/** `then` where the condition is true, `otherwise` where it is false or null. */
export const iff = <T extends ValueType>(
  condition: Bool,
  then: Operand<T> | null,
  otherwise: Operand<T> | null,
): Expr<T> => call("if", [condition, ...alike([then, otherwise])]);
/** True where the value is one of these. */
export const oneOf = <A extends AnyOperand>(
  value: A,
  known: readonly Exclude<Comparable<A>, Expr>[],
): Expr<"boolean"> => call("in", [value, ...known]);

/** Null where any part is. */
export const concat = (a: Text, b: Text, ...more: readonly Text[]): Expr<"string"> =>
  call("concat", [a, b, ...more]);
/** A-Z become a-z; nothing else changes. */
export const lowerAscii = (text: Text): Expr<"string"> => call("lowerAscii", [text]);
/** a-z become A-Z; nothing else changes. */
export const upperAscii = (text: Text): Expr<"string"> => call("upperAscii", [text]);
/** Without the spaces (U+0020) at both ends. */
export const trim = (text: Text): Expr<"string"> => call("trim", [text]);
/** Code points. */
export const length = (text: Text): Expr<"integer"> => call("length", [text]);
/** `count` code points from the `start`-th on; the first is 1, as in SQL. */
export const substring = (text: Text, start: Int, count: Int): Expr<"string"> =>
  call("substring", [text, start, count]);
/** The `part`-th part, the first is 1; empty where there are fewer. */
export const splitPart = (text: Text, separator: string, part: number): Expr<"string"> =>
  call("splitPart", [text, separator, part]);
export const startsWith = (text: Text, start: Text): Expr<"boolean"> => call("startsWith", [text, start]);
export const endsWith = (text: Text, end: Text): Expr<"boolean"> => call("endsWith", [text, end]);
export const contains = (text: Text, part: Text): Expr<"boolean"> => call("contains", [text, part]);
/** An integer's decimal digits. */
export const toText = (value: Int): Expr<"string"> => call("toText", [value]);
/** The integer that a text of at most 15 decimal digits is, with or without a minus; null for any other text. */
export const toInteger = (text: Text): Expr<"integer"> => call("toInteger", [text]);

export const add = (a: Int, b: Int): Expr<"integer"> => call("add", [a, b]);
export const subtract = (a: Int, b: Int): Expr<"integer"> => call("subtract", [a, b]);
export const multiply = (a: Int, b: Int): Expr<"integer"> => call("multiply", [a, b]);
/** Rounded down; null for a divisor of 0. */
export const divideFloor = (a: Int, b: Int): Expr<"integer"> => call("divideFloor", [a, b]);
/** The remainder of `divideFloor`, with the divisor's sign; null for a divisor of 0. */
export const modulo = (a: Int, b: Int): Expr<"integer"> => call("modulo", [a, b]);
export const absolute = (a: Int): Expr<"integer"> => call("absolute", [a]);
/** As in SQL, nulls are left out. */
export const least = (a: Int, b: Int, ...more: readonly Int[]): Expr<"integer"> =>
  call("least", [a, b, ...more]);
/** As in SQL, nulls are left out. */
export const greatest = (a: Int, b: Int, ...more: readonly Int[]): Expr<"integer"> =>
  call("greatest", [a, b, ...more]);

/** The start of the UTC minute, hour, day or other part of a day that holds the instant. */
export const truncateTime = (time: Expr<"instant">, unit: Duration): Expr<"instant"> =>
  call("truncateTime", [time, within("truncateTime", () => durationOf(unit))]);
/** A point in time to compare with, as ISO 8601 with a zone. */
export const instant = (iso: string): Expr<"instant"> => {
  const ms = parseInstant(iso);
  if (ms === null) return refuse(`instant: expected ISO 8601 with a zone, got ${JSON.stringify(iso)}`);
  return node({ kind: "literal", type: "instant", value: ms });
};

/** Gives null branches the others' type, and plain integers the type of a number beside them. */
const alike = (operands: readonly unknown[]): readonly Expression[] => {
  const values = operands.map((operand) => (operand === null ? null : toExpression(operand)));
  const types = values.flatMap((value) => (value === null ? [] : [value.type]));
  const type = types.includes("number") ? "number" : types[0];
  if (type === undefined) return refuse("at least one branch is not null");
  return values.map((value) => {
    if (value === null) return { kind: "literal", type, value: null };
    const widened = value.kind === "literal" && value.type === "integer" && type === "number";
    return widened ? { ...value, type } : value;
  });
};
