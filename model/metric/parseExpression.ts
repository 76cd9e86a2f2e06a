import { member, refuse, within } from "../definitionError.js";
import type { Expression, FunctionName, ValueType } from "./expression.js";
import { FUNCTIONS, typeOfCall } from "./functions/index.js";
import { toExpression } from "./operand.js";

const DEPTH_MAX = 32;
const NODES_MAX = 1_000;
const STEPS_MAX = 32;
const TYPES: readonly ValueType[] = ["string", "integer", "number", "boolean", "instant"];

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isFunction = (name: unknown): name is FunctionName =>
  typeof name === "string" && Object.hasOwn(FUNCTIONS, name);

const typeOf = ({ type }: Readonly<Record<string, unknown>>): ValueType =>
  TYPES.find((known) => known === type) ?? refuse(`expected a type, one of ${TYPES.join(", ")}`);

const parseField = (node: Readonly<Record<string, unknown>>): Expression => {
  const { path } = node;
  const steps: readonly unknown[] = Array.isArray(path) ? path : [];
  if (steps.length === 0 || steps.length > STEPS_MAX || !steps.every((step) => typeof step === "string"))
    return refuse(`expected a path of 1 to ${STEPS_MAX} names`);
  return { kind: "field", type: typeOf(node), path: steps };
};

/** A number is an integer where it is one, unless it says to be a number or an instant. */
const parseLiteral = (node: Readonly<Record<string, unknown>>): Expression => {
  const { type, value } = node;
  if (value === null) return { kind: "literal", type: typeOf(node), value: null };
  const literal = toExpression(typeof value === "object" ? undefined : value);
  const widened = literal.type === "integer" && (type === "number" || type === "instant");
  return widened ? { ...literal, type } : literal;
};

/**
 * An expression from JSON that anybody may have written, without lookups: types are those that the functions' own rules
 * give, whatever the JSON says; a field's is what it claims.
 * @throws DefinitionError that says where and what was expected
 */
export const parseExpression = (json: unknown): Expression => {
  let nodes = 0;
  const parse = (node: unknown, depth: number): Expression => {
    if (depth > DEPTH_MAX || ++nodes > NODES_MAX)
      return refuse(`expected at most ${NODES_MAX} nodes, nested at most ${DEPTH_MAX} deep`);
    if (!isObject(node)) return refuse("expected an expression: an object with `kind`");
    switch (node["kind"]) {
      case "literal":
        return parseLiteral(node);
      case "field":
        return parseField(node);
      case "call": {
        const { name, args } = node;
        if (!isFunction(name))
          return refuse(`expected a function's name, one of ${Object.keys(FUNCTIONS).join(", ")}`);
        if (!Array.isArray(args)) return refuse("expected a list of arguments");
        return within(name, () => {
          const parsed = args.map((arg: unknown, index) =>
            within(member("args", String(index)), () => parse(arg, depth + 1)),
          );
          return { kind: "call", type: typeOfCall(name, parsed), name, args: parsed };
        });
      }
      default:
        return refuse("expected `kind` to be literal, field or call");
    }
  };
  return parse(json, 0);
};
