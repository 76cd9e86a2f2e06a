import type { EpochMs } from "../brand.js";
import type { Expression } from "./expression.js";
import { FUNCTIONS } from "./functions/index.js";
import * as runtime from "./runtime.js";

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: JsonValue;
}

/** What a compiled expression reads: an event that fits its schema's last version. */
export interface EventRow {
  readonly id: string;
  readonly timeMs: EpochMs;
  readonly event: JsonObject;
}

export type Value = string | number | boolean | null;

/** A lookup's value for a key, in the version that holds for the event's tick; null for none. */
export type LookupReader = (lookup: string, key: string) => string | null;

/** Lines of JavaScript that leave each expression's value in a variable; equal subtrees share one. */
export interface Emitter {
  /** A variable or a literal. */
  value(expression: Expression): string;
  readonly lines: readonly string[];
}

export const createEmitter = (): Emitter => {
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
          ? fieldCode(expression.path)
          : scaled(emit({ kind: "field", type: "number", path: expression.path }), expression.scale);
      case "lookup": {
        const key = emit(expression.key);
        return `${key} === null ? null : lookup(${JSON.stringify(expression.lookup)}, ${key})`;
      }
      case "call": {
        const rule = FUNCTIONS[expression.name];
        const args = expression.args.map(emit);
        const code = rule.js(args, expression.args);
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

const fieldCode = (path: readonly string[]): string => {
  if (path.length === 1 && path[0] === "id") return "row.id";
  if (path.length === 1 && path[0] === "time") return "row.timeMs";
  return `event${path.map((name, index) => `${index === 0 ? "" : "?."}[${JSON.stringify(name)}]`).join("")} ?? null`;
};

/** The double nearest to a decimal of up to 15 digits, times 10^scale, is off by less than 1/4. */
const scaled = (value: string, scale: number): string =>
  `${value} === null ? null : Math.round(${value} * ${10 ** scale}) + 0`;

/** A function of (row, lookup) from the body of one, in which `row`, `event`, `lookup` and `r` are bound. */
export const compileBody = <Result>(
  lines: readonly string[],
  result: string,
): ((row: EventRow, lookup: LookupReader) => Result) =>
  // what users name and write enters the text by JSON.stringify alone
  // oxlint-disable-next-line typescript/no-implied-eval
  new Function(
    "r",
    `"use strict"; return (row, lookup) => { const event = row.event; ${lines.join("\n")} return ${result}; };`,
  )(runtime) as (row: EventRow, lookup: LookupReader) => Result;

/** The expression's value for an event, with SQL's null logic. */
export const compileExpression = (
  expression: Expression,
): ((row: EventRow, lookup: LookupReader) => Value) => {
  const emitter = createEmitter();
  const result = emitter.value(expression);
  return compileBody<Value>(emitter.lines, result);
};
