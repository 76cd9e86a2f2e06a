import type { Expression } from "./expression.js";
import { FUNCTIONS } from "./functions/index.js";
import type { FunctionRule } from "./functions/rule.js";

/** Lines of JavaScript that leave each expression's value in a variable; equal subtrees share one. */
export interface Emitter {
  /** A variable or a literal. */
  value(expression: Expression): string;
  readonly lines: readonly string[];
}

/** How compiled code reaches values: all that differs between an event as a row and events as columns. */
export interface Target {
  field(field: Expression & { readonly kind: "field" }): string;
  /** `key` is a variable that is not null, or a literal. */
  lookup(expression: Expression & { readonly kind: "lookup" }, key: string): string;
  call(rule: FunctionRule, args: readonly string[], expression: Call): string;
}

export type Call = Expression & { readonly kind: "call" };

export const createEmitter = (target: Target): Emitter => {
  const lines: string[] = [];
  const known = new Map<string, string>();
  const emit = (expression: Expression): string => {
    if (expression.kind === "literal") return JSON.stringify(expression.value);
    const signature = JSON.stringify(expression);
    const seen = known.get(signature);
    if (seen !== undefined) return seen;
    const code = codeOf(expression);
    const name = `v${known.size}`;
    known.set(signature, name);
    lines.push(`const ${name} = ${code};`);
    return name;
  };
  const codeOf = (expression: Exclude<Expression, { readonly kind: "literal" }>): string => {
    switch (expression.kind) {
      case "field":
        return expression.scale === undefined
          ? target.field(expression)
          : scaled(emit({ kind: "field", type: "number", path: expression.path }), expression.scale);
      case "lookup": {
        const key = emit(expression.key);
        return `${key} === null ? null : ${target.lookup(expression, key)}`;
      }
      case "call": {
        const rule = FUNCTIONS[expression.name];
        const args = expression.args.map(emit);
        const code = target.call(rule, args, expression);
        const variables = rule.handlesNull
          ? []
          : expression.args.flatMap((arg, index) =>
              arg.kind === "literal" && arg.value !== null ? [] : [args[index]],
            );
        return variables.length === 0
          ? code
          : `${variables.map((arg) => `${arg} === null`).join(" || ")} ? null : ${code}`;
      }
    }
  };
  return { value: emit, lines };
};

/** The double nearest to a decimal of up to 15 digits, times 10^scale, is off by less than 1/4. */
const scaled = (value: string, scale: number): string =>
  `${value} === null ? null : Math.round(${value} * ${10 ** scale}) + 0`;
