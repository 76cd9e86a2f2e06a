import { refuse } from "../../definitionError.js";
import type { Expression, ValueType } from "../expression.js";

/** @throws DefinitionError unless there are `count` arguments of this type. */
export const expectTypes = (args: readonly Expression[], type: ValueType, what: string): void => {
  for (const arg of args) {
    if (arg.type !== type)
      refuse(`${what} takes ${article(type)}, got ${article(arg.type)}`, adviceFor(arg.type, type));
  }
};

const article = (type: ValueType): string =>
  type === "integer" || type === "instant" ? `an ${type}` : `a ${type}`;

const adviceFor = (given: ValueType, wanted: ValueType): string =>
  wanted === "integer" && given === "number"
    ? "float arithmetic depends on its order, so engines would differ: use t.integer() or t.decimal(scale)"
    : wanted === "string" && given === "integer"
      ? "use toText"
      : "";

/** The one type of several arguments; integers become numbers beside numbers. @throws DefinitionError */
export const commonType = (args: readonly Expression[], what: string): ValueType => {
  const types = [...new Set(args.map((arg) => arg.type))];
  const [only] = types;
  if (types.length === 1 && only !== undefined) return only;
  if (types.every((type) => type === "integer" || type === "number")) return "number";
  return refuse(`${what} takes values of one type, got ${types.join(" and ")}`);
};
