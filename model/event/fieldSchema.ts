import type { TSchema } from "typebox";
import { member, refuse, within } from "../definitionError.js";
import { DECIMAL_SCALE_MAX, type FieldSchema, type ObjectSchema } from "./schema.js";

const FIELD_NAME = /^[\p{L}\p{M}\p{N}_@:. -]{1,128}$/u;
const OBJECT_DEPTH_MAX = 16;
const ENUM_VALUES_MAX = 1000;

/** Which keywords each type may have; the rest is refused by name. */
const KEYWORDS: Readonly<Record<string, readonly string[]>> = {
  string: ["minLength", "maxLength", "enum"],
  integer: ["minimum", "maximum"],
  number: ["minimum", "maximum", "scale"],
  boolean: [],
  object: ["properties", "required"],
  array: ["items", "maxItems"],
};
const NOTES = ["description", "title"];

/** A TypeBox schema as plain JSON. @throws DefinitionError for what the engines would not read alike. */
export const toFieldSchema = (schema: TSchema, depth = 0): FieldSchema => {
  const source = schema as Readonly<Record<string, unknown>> | undefined;
  if (typeof source !== "object" || source === null) return refuse("expected a schema, such as t.string()");
  const type = source.type;
  const keywords = typeof type === "string" && Object.hasOwn(KEYWORDS, type) ? KEYWORDS[type] : undefined;
  if (typeof type !== "string" || keywords === undefined) {
    return refuse(
      `expected string, integer, decimal, number, boolean, enum, object or array, got ${JSON.stringify(type ?? "another schema")}`,
      "use the builders of t",
    );
  }
  if (depth > OBJECT_DEPTH_MAX) return refuse(`nested deeper than ${OBJECT_DEPTH_MAX} objects`);
  const plain: Record<string, unknown> = { type };
  for (const [keyword, value] of Object.entries(source)) {
    if (keyword === "type" || NOTES.includes(keyword)) continue;
    if (keyword === "pii") {
      if (value === true) plain.pii = true;
      continue;
    }
    if (!keywords.includes(keyword)) {
      refuse(
        `${type} takes no \`${keyword}\`${keyword === "pattern" || keyword === "format" ? ": regular expressions differ between engines" : ""}`,
      );
    }
    plain[keyword] = value;
  }
  checkKeywords(plain);
  if (type === "object") {
    const { properties, required } = toProperties(source.properties as Record<string, TSchema>, depth);
    plain.properties = properties;
    plain.required = required;
  }
  if (type === "array") plain.items = within("[]", () => toFieldSchema(source.items as TSchema, depth + 1));
  return plain as unknown as FieldSchema;
};

/** An event's fields as plain JSON. @throws DefinitionError */
export const toObjectSchema = (fields: Readonly<Record<string, TSchema>>): ObjectSchema => {
  const { properties, required } = toProperties(fields, 0);
  return { type: "object", properties, required };
};

const toProperties = (fields: Readonly<Record<string, TSchema>>, depth: number) => {
  const properties: Record<string, FieldSchema> = {};
  const required: string[] = [];
  for (const [name, field] of Object.entries(fields)) {
    within(member("", name), () => {
      if (!FIELD_NAME.test(name)) {
        refuse(
          "a field's name has 1 to 128 letters, digits, spaces or _ @ : . -",
          "rename it in the replay's mapping",
        );
      }
      if (name in Object.prototype)
        refuse("JavaScript objects inherit this name", "rename it in the replay's mapping");
      properties[name] = toFieldSchema(field, depth + 1);
      if (!("~optional" in field)) required.push(name);
    });
  }
  return { properties, required };
};

const checkKeywords = (plain: Readonly<Record<string, unknown>>): void => {
  for (const keyword of ["minLength", "maxLength", "maxItems"]) {
    const value = plain[keyword];
    if (value !== undefined && !(Number.isSafeInteger(value) && (value as number) >= 0)) {
      refuse(`\`${keyword}\` is an integer from 0 on, got ${JSON.stringify(value)}`);
    }
  }
  for (const keyword of ["minimum", "maximum"]) {
    const value = plain[keyword];
    const whole = plain.type === "integer";
    if (value !== undefined && !(whole ? Number.isSafeInteger(value) : Number.isFinite(value))) {
      refuse(
        `\`${keyword}\` is ${whole ? "an integer within +-(2^53 - 1)" : "a finite number"}, got ${JSON.stringify(value)}`,
      );
    }
  }
  if (
    typeof plain.minimum === "number" &&
    typeof plain.maximum === "number" &&
    plain.minimum > plain.maximum
  ) {
    refuse(`\`minimum\` ${plain.minimum} is above \`maximum\` ${plain.maximum}`);
  }
  if (plain.scale !== undefined) {
    const scale = plain.scale as number;
    if (!Number.isInteger(scale) || scale < 0 || scale > DECIMAL_SCALE_MAX) {
      refuse(`a decimal's scale is an integer from 0 to ${DECIMAL_SCALE_MAX}, got ${String(scale)}`);
    }
  }
  if (plain.enum !== undefined) checkEnum(plain.enum);
};

const checkEnum = (values: unknown): void => {
  const known = Array.isArray(values) ? (values as readonly unknown[]) : [];
  if (
    known.length === 0 ||
    known.length > ENUM_VALUES_MAX ||
    known.some((value) => typeof value !== "string")
  ) {
    refuse(`an enum has 1 to ${ENUM_VALUES_MAX} texts`);
  }
};
