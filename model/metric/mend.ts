import { member, refuse, within } from "../definitionError.js";
import type { Expr, Expression, ValueType } from "./expression.js";
import { node, toExpression } from "./operand.js";

/** An event that no schema holds for: a field reads as null where it is of another type than is asked for. */
export interface RawEvent {
  text(...path: readonly [string, ...string[]]): Expr<"string">;
  integer(...path: readonly [string, ...string[]]): Expr<"integer">;
  number(...path: readonly [string, ...string[]]): Expr<"number">;
  boolean(...path: readonly [string, ...string[]]): Expr<"boolean">;
  /** When the event arrived. */
  readonly arrival: Expr<"instant">;
}

/** Fields by path, in the order of writing; null takes a field away. */
export interface MendDefinition {
  readonly fields: readonly { readonly path: readonly string[]; readonly value: Expression }[];
}

/** Read by a mend's expressions: when the letter arrived. */
export const ARRIVAL_FIELD = "$arrival";

const NOTHING: Expression = { kind: "literal", type: "string", value: null };

const field =
  <T extends ValueType>(type: T) =>
  (...path: readonly string[]): Expr<T> =>
    node({ kind: "field", type, path });

const rawEvent: RawEvent = {
  text: field("string"),
  integer: field("integer"),
  number: field("number"),
  boolean: field("boolean"),
  arrival: field("instant")(ARRIVAL_FIELD),
};

type Fields = { readonly [name: string]: Expr | string | number | boolean | null | Fields };

const isExpression = (value: object): boolean => "kind" in value && "type" in value;

const fieldsOf = (fields: Fields, before: readonly string[]): MendDefinition["fields"] =>
  Object.entries(fields).flatMap(([name, value]) =>
    within(member("", name), () => {
      const path = [...before, name];
      if (typeof value === "object" && value !== null && !isExpression(value))
        return fieldsOf(value as Fields, path);
      return [{ path, value: value === null ? NOTHING : toExpression(value) }];
    }),
  );

/**
 * How events that could not be counted are mended: `mend((e) => ({ dwellMs: toInteger(e.text("dwellMs")) }))`. The function runs
 * once; what it names is set from the event as it was.
 * @throws DefinitionError
 */
export const mend = (define: (event: RawEvent) => Fields): MendDefinition => {
  const fields = fieldsOf(define(rawEvent), []);
  return { fields: fields.length > 0 ? fields : refuse("a mend names at least one field") };
};
