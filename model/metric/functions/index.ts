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
  const count = args.length;
  if (count < least || count > most) {
    const bound = least === most ? `${least}` : count < least ? `at least ${least}` : `at most ${most}`;
    refuse(`expected ${bound} arguments, got ${count}`);
  }
  return rule.type(args);
};
