import type { EpochMs } from "../brand.js";
import { createEmitter, type Target } from "./emitter.js";
import type { Expression } from "./expression.js";
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

/** An event as a row of JavaScript values. */
export const ROW: Target = {
  field: ({ path }) => fieldCode(path),
  lookup: ({ lookup }, key) => `lookup(${JSON.stringify(lookup)}, ${key})`,
  call: (rule, args, { args: nodes }) => rule.js(args, nodes),
};

const fieldCode = (path: readonly string[]): string => {
  if (path.length === 1 && path[0] === "id") return "row.id";
  if (path.length === 1 && path[0] === "time") return "row.timeMs";
  return `event${path.map((name, index) => `${index === 0 ? "" : "?."}[${JSON.stringify(name)}]`).join("")} ?? null`;
};

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
  const emitter = createEmitter(ROW);
  const result = emitter.value(expression);
  return compileBody<Value>(emitter.lines, result);
};
