import { refuse } from "../definitionError.js";
import type { Expr, Expression, ValueType } from "./expression.js";

/** What may stand where an expression of type T is expected: the expression, or a plain value. */
export type Operand<T extends ValueType> =
  | Expr<T>
  | (T extends "string" ? string : never)
  | (T extends "integer" | "number" ? number : never)
  | (T extends "boolean" ? boolean : never);

/** Expressions and plain values that may be compared with A. */
export type Comparable<A> = A extends Expr<"string"> | string
  ? Operand<"string">
  : A extends Expr<"integer"> | Expr<"number"> | number
    ? Operand<"integer"> | Operand<"number">
    : A extends Expr<"boolean"> | boolean
      ? Operand<"boolean">
      : Expr<"instant">;

export type AnyOperand = Expr | string | number | boolean;

/** Typed proxies of objects and arrays within an event: they are no values themselves. */
const containers = new WeakMap<object, string>();
export const markContainer = <T extends object>(container: T, what: string): T => {
  containers.set(container, what);
  return container;
};

/** Marks a node, so that `e.a + e.b` or a template text stops instead of making a constant. */
export const node = <T extends ValueType>(expression: Expression & { readonly type: T }): Expr<T> =>
  Object.defineProperty(expression, Symbol.toPrimitive, {
    enumerable: false,
    value: () =>
      refuse(
        "JavaScript operators cannot be applied to an event's fields: the function runs once, when the metric is defined",
        "use eq, add, concat and the like",
      ),
  }) as Expr<T>;

const LONE_SURROGATE = /\p{Surrogate}/u;

/** A plain value as a literal; an expression as it is. @throws DefinitionError */
export const toExpression = (operand: unknown): Expression => {
  if (typeof operand === "object" && operand !== null) {
    const container = containers.get(operand);
    if (container !== undefined) return refuse(`${container} is no single value`, "name one of its fields");
    if ("kind" in operand && KINDS.has(operand.kind)) return operand as Expression;
  }
  if (typeof operand === "string") {
    if (LONE_SURROGATE.test(operand)) return refuse("a text literal has half of a surrogate pair");
    return { kind: "literal", type: "string", value: operand };
  }
  if (typeof operand === "boolean") return { kind: "literal", type: "boolean", value: operand };
  if (typeof operand === "number") {
    if (!Number.isFinite(operand)) return refuse(`${operand} is no number that JSON has`);
    const type = Number.isSafeInteger(operand) ? "integer" : "number";
    // `+ 0` takes the sign off a negative zero
    return { kind: "literal", type, value: operand + 0 };
  }
  return refuse(
    `expected a field, an expression, a text, a number or a boolean, got ${operand === undefined ? "undefined" : JSON.stringify(operand)}`,
    operand === null ? "null has a meaning only in isNull and in a branch of iff" : "",
  );
};

/** @throws DefinitionError unless it is a boolean. */
export const toCondition = (operand: unknown): Expression => {
  const condition = toExpression(operand);
  return condition.type === "boolean" ? condition : refuse(`expected boolean, got ${condition.type}`);
};

const KINDS: ReadonlySet<unknown> = new Set<Expression["kind"]>(["literal", "field", "call", "lookup"]);
