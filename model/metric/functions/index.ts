import { refuse } from "../../definitionError.js";
import type { Expression, FunctionName, ValueType } from "../expression.js";
import { INTEGER } from "./integer.js";
import { LOGIC } from "./logic.js";
import type { FunctionRule } from "./rule.js";
import { TEXT } from "./text.js";

export const FUNCTIONS: Readonly<Record<FunctionName, FunctionRule>> = { ...LOGIC, ...TEXT, ...INTEGER };

/** The type of a function's result. @throws DefinitionError where the arguments are not as many as it takes, or do not fit. */
export const typeOfCall = (name: FunctionName, args: readonly Expression[]): ValueType => {
  const rule = FUNCTIONS[name];
  const { least, most } = rule.arity;
  if (args.length < least || args.length > most)
    refuse(`expected ${least === most ? least : `${least} to ${most}`} arguments, got ${args.length}`);
  return rule.type(args);
};
