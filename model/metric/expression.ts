/** The types an expression can have. Integers are safe integers (|x| <= 2^53 - 1); instants are epoch ms. */
export type ValueType = "string" | "integer" | "number" | "boolean" | "instant";

/**
 * An expression over one event, as data: it compiles to JavaScript and to SQL, and is part of a definition's hash.
 * Null follows SQL's three-valued logic everywhere.
 */
export type Expression =
  | { readonly kind: "literal"; readonly type: ValueType; readonly value: string | number | boolean | null }
  /** A field by path, such as ["payload", "pull_request", "number"]; null where any step is absent. `id` and `time` too. */
  | {
      readonly kind: "field";
      readonly type: ValueType;
      readonly path: readonly string[];
      readonly scale?: number;
    }
  | {
      readonly kind: "call";
      readonly type: ValueType;
      readonly name: FunctionName;
      readonly args: readonly Expression[];
    }
  /** A lookup's value for a key, in the version that the schedule gives the event's tick. */
  | { readonly kind: "lookup"; readonly type: "string"; readonly lookup: string; readonly key: Expression };

/** An expression as users hold it: the compiler knows its type and nothing else of it. */
export interface Expr<T extends ValueType = ValueType> {
  readonly kind: Expression["kind"];
  readonly type: T;
}

export type FunctionName =
  | "eq"
  | "ne"
  | "lt"
  | "lte"
  | "gt"
  | "gte"
  | "and"
  | "or"
  | "not"
  | "isNull"
  | "coalesce"
  | "if"
  | "in"
  | "concat"
  | "lowerAscii"
  | "upperAscii"
  | "trim"
  | "length"
  | "substring"
  | "splitPart"
  | "startsWith"
  | "endsWith"
  | "contains"
  | "toText"
  | "toInteger"
  | "add"
  | "subtract"
  | "multiply"
  | "divideFloor"
  | "modulo"
  | "absolute"
  | "least"
  | "greatest"
  | "truncateTime";
