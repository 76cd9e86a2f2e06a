import {
  ARRIVAL_FIELD,
  compileExpression,
  type Expression,
  type JsonObject,
  type JsonValue,
  type MendDefinition,
  nodesOf,
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

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const fits = (value: JsonValue | undefined, type: ValueType): boolean => {
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

/** What an expression may see: the fields that it names, where they are of the type that it says. */
const visible = (expression: Expression, event: JsonObject): JsonObject => {
  let seen: JsonObject = {};
  for (const node of nodesOf(expression)) {
    if (node.kind !== "field") continue;
    const value = at(event, node.path);
    if (fits(value, node.type)) seen = withValue(seen, node.path, value);
  }
  return seen;
};

const evaluate = (expression: Expression, event: JsonObject, letter: StoredLetter): Value => {
  const seen = visible(expression, { ...event, [ARRIVAL_FIELD]: letter.arrivalMs });
  const id = typeof event["id"] === "string" ? event["id"] : idOf(letter);
  const row = { id, timeMs: letter.timeMs ?? letter.arrivalMs, event: seen };
  return compileExpression(expression)(row, () => null);
};

/** Of an event that has none: a function of its position, so that a second replay is the same event. */
export const idOf = ({ shard, sequence, subsequence }: StoredLetter): string =>
  `${shard}:${sequence.replace(/^0+(?=.)/, "")}:${subsequence}`;

/** The event that goes into the log for a letter. A function of the letter and the mend alone. */
export const mendLetter = (letter: StoredLetter, mend: Mend): Mended => {
  const before = parse(mend.kind === "body" ? mend.body : Buffer.from(letter.body).toString("utf8"));
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
