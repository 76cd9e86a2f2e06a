import {
  ARRIVAL_FIELD,
  compileExpression,
  type Expression,
  type JsonObject,
  type JsonValue,
  type MendDefinition,
  type Value,
  type ValueType,
} from "@freshet/model";
import type { StoredLetter } from "@freshet/storage";

/** What is done to a dead letter before it goes into the log again. */
export type Mend =
  /** Nothing: the app has changed since, so that the event can be read as it is. */
  | { readonly kind: "none" }
  /** The whole event, written anew. */
  | { readonly kind: "body"; readonly body: string }
  /** Fields by path, in this order: an expression over the event as it was; null takes the field away. */
  | { readonly kind: "set"; readonly fields: readonly MendedField[] };

export type MendedField = MendDefinition["fields"][number];

export type Mended =
  | { readonly kind: "event"; readonly event: JsonObject }
  | { readonly kind: "unreadable"; readonly detail: string };

/** As a replay of history: a letter may be as old as it is. */
const WIDE_BOUNDS_MS = 1_000 * 366 * 86_400_000;

const UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const fits = (value: JsonValue | undefined, type: ValueType): value is string | number | boolean => {
  switch (type) {
    case "string":
      return typeof value === "string";
    case "boolean":
      return typeof value === "boolean";
    case "number":
      return typeof value === "number";
    case "integer":
    case "instant":
      return Number.isSafeInteger(value);
  }
};

const at = (event: JsonObject, path: readonly string[]): JsonValue | undefined => {
  let value: JsonValue | undefined = event;
  for (const step of path) value = isObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  return value;
};

const withValue = (event: JsonObject, path: readonly string[], value: JsonValue | undefined): JsonObject => {
  const [step = "", ...rest] = path;
  const own = new Map(Object.entries(event));
  if (rest.length > 0) {
    const inner = own.get(step);
    own.set(step, withValue(isObject(inner) ? inner : {}, rest, value));
  } else if (value === undefined) own.delete(step);
  else own.set(step, value);
  return Object.fromEntries(own);
};

const parse = (text: string): JsonObject | null => {
  try {
    const value = JSON.parse(text) as JsonValue;
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
};

/** The expression with what its fields hold in their place; null where that is of another type than it says. */
const filled = (expression: Expression, event: JsonObject): Expression => {
  switch (expression.kind) {
    case "field": {
      const { type, path } = expression;
      const value = at(event, path);
      return { kind: "literal", type, value: fits(value, type) ? value : null };
    }
    case "call":
      return { ...expression, args: expression.args.map((arg) => filled(arg, event)) };
    case "lookup":
      return { ...expression, key: filled(expression.key, event) };
    case "literal":
      return expression;
  }
};

/** Of an event of any shape: `id` and `time` are fields like others here. */
const evaluate = (expression: Expression, event: JsonObject, { arrivalMs }: StoredLetter): Value => {
  const whole = filled(expression, { ...event, [ARRIVAL_FIELD]: arrivalMs });
  return compileExpression(whole)({ id: "", timeMs: arrivalMs, event: {} }, () => null);
};

/** Of an event that has none: a function of its position, so that a second replay is the same event. */
export const idOf = ({ shard, sequence, subsequence }: StoredLetter): string =>
  `${shard}:${sequence.replace(/^0+(?=.)/, "")}:${subsequence}`;

/** The event that goes into the log for a letter. A function of the letter and the mend alone. */
export const mendLetter = (letter: StoredLetter, mend: Mend): Mended => {
  const before = parse(mend.kind === "body" ? mend.body : UTF8.decode(letter.body));
  if (before === null) return { kind: "unreadable", detail: "not one JSON object" };
  let event = before;
  if (mend.kind === "set") {
    for (const { path, value } of mend.fields) {
      event = withValue(event, path, evaluate(value, before, letter) ?? undefined);
    }
  }
  const { id } = event;
  return {
    kind: "event",
    event: {
      ...event,
      ...(id === undefined || id === null || id === "" ? { id: idOf(letter) } : {}),
      $bounds: [WIDE_BOUNDS_MS, WIDE_BOUNDS_MS],
    },
  };
};
