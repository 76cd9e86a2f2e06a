import Type, { type TSchema } from "typebox";
import { Compile } from "typebox/compile";
import type { JsonObject, JsonValue } from "../metric/javascript.js";
import { codePointCount } from "../metric/runtime.js";
import type { Reason } from "./reason.js";
import { DECIMAL_UNITS_MAX, type FieldSchema, type ObjectSchema, SAFE_INTEGER_MAX } from "./schema.js";

export interface Problem {
  readonly reason: Reason;
  /** Names fields and what was expected of them, never a value. */
  readonly detail: string;
}

/** A compiled check of an event's own fields; null when it fits. */
export const compileValidator = (schema: ObjectSchema): ((event: JsonObject) => Problem | null) => {
  const validator = Compile(objectSchema(schema, false));
  return (event) => {
    if (validator.Check(event)) return null;
    const [error] = validator.Errors(event);
    if (!error) throw new Error("TypeBox refused an event and named no error");
    return problemOf(error, schema, event);
  };
};

/** JSON Schema for TypeBox: what is not required may be null; what JSON Schema cannot say is a refinement. */
const toTypeBox = (schema: FieldSchema, nullable: boolean): TSchema => {
  const type = nullable ? [schema.type, "null"] : schema.type;
  switch (schema.type) {
    case "boolean":
      return { type };
    case "integer": {
      const { minimum = -SAFE_INTEGER_MAX, maximum = SAFE_INTEGER_MAX } = schema;
      return { type, minimum, maximum };
    }
    case "number": {
      const bounds = { type, ...range(schema) };
      const { scale } = schema;
      return scale === undefined
        ? bounds
        : Type.Refine(bounds, (value: unknown) => typeof value !== "number" || isDecimal(value, scale));
    }
    case "string": {
      const { minLength = 0, maxLength = Number.POSITIVE_INFINITY } = schema;
      const text = schema.enum ? { type, enum: nullable ? [...schema.enum, null] : schema.enum } : { type };
      if (minLength === 0 && maxLength === Number.POSITIVE_INFINITY) return text;
      // JSON Schema's own keywords: TypeBox counts graphemes, which depend on the Unicode version
      return Type.Refine(text, (value: unknown) => {
        if (typeof value !== "string") return true;
        const length = codePointCount(value);
        return length >= minLength && length <= maxLength;
      });
    }
    case "array": {
      const { maxItems } = schema;
      return { type, items: toTypeBox(schema.items, false), ...(maxItems === undefined ? {} : { maxItems }) };
    }
    case "object":
      return objectSchema(schema, nullable);
  }
};

const objectSchema = (schema: ObjectSchema, nullable: boolean): TSchema => ({
  type: nullable ? ["object", "null"] : "object",
  required: schema.required,
  properties: Object.fromEntries(
    Object.entries(schema.properties).map(([name, field]) => [
      name,
      toTypeBox(field, !schema.required.includes(name)),
    ]),
  ),
});

const range = ({ minimum, maximum }: { readonly minimum?: number; readonly maximum?: number }) => ({
  ...(minimum === undefined ? {} : { minimum }),
  ...(maximum === undefined ? {} : { maximum }),
});

/** Whether the double is the nearest one to an integer of at most 15 digits times 10^-scale. */
const isDecimal = (value: number, scale: number): boolean => {
  const units = Math.round(value * 10 ** scale);
  return Math.abs(units) <= DECIMAL_UNITS_MAX && units / 10 ** scale === value;
};

interface CheckError {
  readonly keyword: string;
  readonly instancePath: string;
  readonly params: object;
}

const problemOf = (
  { keyword, instancePath, params }: CheckError,
  schema: ObjectSchema,
  event: JsonObject,
): Problem => {
  const steps = instancePath
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  let field: FieldSchema = schema;
  let value: JsonValue = event;
  let path = "";
  for (const step of steps) {
    path += field.type === "array" ? `[${step}]` : `${path === "" ? "" : "."}${step}`;
    field = (field.type === "array" ? field.items : (field as ObjectSchema).properties[step]) as FieldSchema;
    value = (value as JsonObject)[step] as JsonValue;
  }
  if (keyword === "required") {
    const [missing = ""] = (params as { readonly requiredProperties: readonly string[] }).requiredProperties;
    return {
      reason: "missing_field",
      detail: `${path === "" ? "" : `${path}.`}${missing}: expected ${nameOf(schemaAt(field, missing))}, got nothing`,
    };
  }
  if (keyword !== "type") return { reason: "out_of_range", detail: `${path}: expected ${limitOf(field)}` };
  if (value === null)
    return { reason: "missing_field", detail: `${path}: expected ${nameOf(field)}, got null` };
  const tooLarge =
    typeof value === "number" &&
    !Number.isFinite(value) &&
    (field.type === "number" || field.type === "integer");
  if (tooLarge) return { reason: "out_of_range", detail: `${path}: expected a number below 1.8e308` };
  return { reason: "wrong_type", detail: `${path}: expected ${nameOf(field)}, got ${kindOf(value)}` };
};

const schemaAt = (field: FieldSchema, name: string): FieldSchema =>
  (field as ObjectSchema).properties[name] as FieldSchema;

const nameOf = (schema: FieldSchema): string =>
  schema.type === "string"
    ? "text"
    : schema.type === "number" && schema.scale !== undefined
      ? "decimal"
      : schema.type;

export const kindOf = (value: JsonValue | undefined): string => {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "string") return "text";
  return typeof value;
};

const ENUM_VALUES_SHOWN_MAX = 10;

const limitOf = (schema: FieldSchema): string => {
  switch (schema.type) {
    case "string": {
      if (schema.enum) return `one of ${schema.enum.slice(0, ENUM_VALUES_SHOWN_MAX).join(", ")}`;
      return `${schema.minLength ?? 0} to ${schema.maxLength ?? "any number of"} characters`;
    }
    case "integer":
      return `an integer from ${schema.minimum ?? -SAFE_INTEGER_MAX} to ${schema.maximum ?? SAFE_INTEGER_MAX}`;
    case "number": {
      const bounds = [
        ...(schema.minimum === undefined ? [] : [`at least ${schema.minimum}`]),
        ...(schema.maximum === undefined ? [] : [`at most ${schema.maximum}`]),
        ...(schema.scale === undefined ? [] : [`at most ${schema.scale} decimals and 15 digits`]),
      ];
      return `a number, ${bounds.join(", ")}`;
    }
    case "array":
      return `at most ${schema.maxItems ?? "any number of"} items`;
    default:
      return schema.type;
  }
};
