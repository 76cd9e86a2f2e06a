import type { Expression, ValueType } from "@freshet/model";
import type { Letter } from "./answers.js";
import { expectedType, faultPath } from "./fault.js";

export type StepKind = "set" | "default" | "toInteger" | "rename" | "remove" | "arrival";
export type StepType = Exclude<ValueType, "instant">;

/** One line of the form that mends many letters: kept whole while its kind is changed. */
export interface Step {
  readonly kind: StepKind;
  readonly field: string;
  readonly to: string;
  readonly type: StepType;
  readonly value: string;
}

export interface MendedField {
  readonly path: readonly string[];
  readonly value: Expression;
}

export type ReadSteps =
  | { readonly kind: "fields"; readonly fields: readonly MendedField[] }
  | { readonly kind: "unready"; readonly says: string };

export const STEP_WORDS: Readonly<Record<StepKind, string>> = {
  set: "Set to a value",
  default: "Where nothing is, put",
  toInteger: "Read text as an integer",
  rename: "Rename",
  remove: "Take away",
  arrival: "Set to the arrival's time",
};
export const STEP_KINDS = Object.keys(STEP_WORDS) as readonly StepKind[];

export const EMPTY_STEP: Step = { kind: "set", field: "", to: "", type: "string", value: "" };

class Unready extends Error {}
const unready = (says: string): never => {
  throw new Unready(says);
};

const pathOf = (text: string, which: string): readonly string[] => {
  const path = text.split(".").map((name) => name.trim());
  return path.includes("") ? unready(`${which} is missing`) : path;
};

const fieldAt = (type: ValueType, path: readonly string[]): Expression => ({ kind: "field", type, path });
const NOTHING: Expression = { kind: "literal", type: "string", value: null };

const literalOf = ({ type, value, field }: Step): Expression => {
  switch (type) {
    case "string":
      return { kind: "literal", type, value };
    case "boolean":
      return { kind: "literal", type, value: value === "true" };
    case "integer":
    case "number": {
      const number = Number(value);
      const fits = type === "integer" ? Number.isSafeInteger(number) : Number.isFinite(number);
      if (value.trim() === "") return unready(`${field}: its value is missing`);
      if (!fits) return unready(`${field}: “${value}” is no ${type === "integer" ? "integer" : "number"}`);
      return { kind: "literal", type, value: number };
    }
  }
};

const firstKnown = (type: ValueType, ...args: readonly Expression[]): Expression => ({
  kind: "call",
  type,
  name: "coalesce",
  args,
});

const fieldsOf = (step: Step): readonly MendedField[] => {
  const path = pathOf(step.field, "a field's name");
  switch (step.kind) {
    case "set":
      return [{ path, value: literalOf(step) }];
    case "default":
      return [{ path, value: firstKnown(step.type, fieldAt(step.type, path), literalOf(step)) }];
    case "toInteger": {
      const read: Expression = {
        kind: "call",
        type: "integer",
        name: "toInteger",
        args: [fieldAt("string", path)],
      };
      return [{ path, value: firstKnown("integer", fieldAt("integer", path), read) }];
    }
    case "rename": {
      const to = pathOf(step.to, "the new name");
      const value = firstKnown(step.type, fieldAt(step.type, path), fieldAt(step.type, to));
      return [
        { path: to, value },
        { path, value: NOTHING },
      ];
    }
    case "remove":
      return [{ path, value: NOTHING }];
    case "arrival":
      return [{ path, value: fieldAt("instant", ["$arrival"]) }];
  }
};

/** The expressions that the form's lines say, in the language of the metrics. */
export const readSteps = (steps: readonly Step[]): ReadSteps => {
  try {
    return { kind: "fields", fields: steps.flatMap(fieldsOf) };
  } catch (error) {
    if (error instanceof Unready) return { kind: "unready", says: error.message };
    throw error;
  }
};

const TYPES: Readonly<Record<string, StepType>> = { text: "string", integer: "integer", boolean: "boolean" };

/** A first line for the form, from what is wrong with a letter; null where that is no field. */
export const suggestStep = (letter: Letter): Step | null => {
  const field = faultPath(letter);
  if (field === null) return null;
  const step = { ...EMPTY_STEP, field };
  if (field === "time") return { ...step, kind: "arrival" };
  const expected = expectedType(letter);
  const type = TYPES[expected ?? ""] ?? "string";
  switch (letter.reason) {
    case "wrong_type":
      return expected === "integer" && letter.detail.endsWith("got text")
        ? { ...step, kind: "toInteger" }
        : { ...step, type };
    case "missing_field":
      return { ...step, kind: "default", type };
    case "unknown_type":
      return { ...step, value: /did you mean "(?<name>[^"]+)"/.exec(letter.detail)?.groups?.["name"] ?? "" };
    default:
      return { ...step, type };
  }
};
