import { canonicalJson } from "../canonicalJson.js";
import { member, refuse, within } from "../definitionError.js";
import { factsOf } from "../metric/check.js";
import type { ValueType } from "../metric/expression.js";
import { toExpression } from "../metric/operand.js";
import { nodesOf } from "../metric/walk.js";
import { suggestion } from "../nearest.js";
import type { UpcastValue } from "./definition.js";
import type { FieldSchema, ObjectSchema } from "./schema.js";

/** Why events of `before` are not events of `after` as they are; null where only optional fields are new. */
export const needsUpcast = (before: ObjectSchema, after: ObjectSchema, path = ""): string | null => {
  for (const [name, old] of Object.entries(before.properties)) {
    const at = member(path, name);
    const now = Object.hasOwn(after.properties, name) ? after.properties[name] : undefined;
    if (now === undefined) return `${at} is gone`;
    if (before.required.includes(name) !== after.required.includes(name)) {
      return `${at} is ${after.required.includes(name) ? "required" : "optional"} now`;
    }
    if (old.type === "object" && now.type === "object") {
      const inner = needsUpcast(old, now, at);
      if (inner !== null) return inner;
    } else if (canonicalJson({ ...old, pii: false }) !== canonicalJson({ ...now, pii: false })) {
      return `${at} has another schema`;
    }
  }
  const added = after.required.find((name) => !Object.hasOwn(before.properties, name));
  return added === undefined ? null : `${member(path, added)} is new and required`;
};

/** An upcast as data, checked against both versions. @throws DefinitionError */
export const toUpcast = (
  made: unknown,
  before: ObjectSchema,
  after: ObjectSchema,
): Readonly<Record<string, UpcastValue>> => toFields(made, before, before, after);

/** `carriedFrom` is the object of the version before at the same place, if there is one. */
const toFields = (
  made: unknown,
  before: ObjectSchema,
  carriedFrom: ObjectSchema | null,
  after: ObjectSchema,
): Readonly<Record<string, UpcastValue>> => {
  const given =
    typeof made === "object" && made !== null
      ? (made as Readonly<Record<string, unknown>>)
      : refuse("expected an object of fields");
  const names = Object.keys(after.properties);
  const fields: Record<string, UpcastValue> = {};
  for (const name of Object.keys(given)) {
    if (!names.includes(name))
      refuse(`the new version has no field ${JSON.stringify(name)}`, suggestion(name, names));
  }
  for (const name of names) {
    const schema = after.properties[name] as FieldSchema;
    const required = after.required.includes(name);
    within(member("", name), () => {
      if (Object.hasOwn(given, name)) fields[name] = toValue(given[name], before, schema, required);
      else checkCarried(carriedFrom, name, schema, required);
    });
  }
  return fields;
};

const toValue = (
  made: unknown,
  before: ObjectSchema,
  schema: FieldSchema,
  required: boolean,
): UpcastValue => {
  if (schema.type === "object") return { kind: "object", fields: toFields(made, before, null, schema) };
  if (schema.type === "array")
    return refuse("an array cannot be made by an upcast", "make it optional under a new name");
  const expression = toExpression(made);
  const wanted: readonly ValueType[] =
    schema.type === "number" && schema.scale === undefined
      ? ["number", "integer"]
      : [schema.type === "number" ? "integer" : schema.type];
  if (!wanted.includes(expression.type)) refuse(`expected ${wanted.join(" or ")}, got ${expression.type}`);
  for (const node of nodesOf(expression)) {
    if (node.kind === "lookup") refuse("an upcast is a function of the event alone: no lookups");
  }
  const facts = factsOf(expression, before);
  if (required && facts.nullable)
    refuse("the field is required, and this can be null", "use coalesce, or make the field optional");
  return { kind: "expression", expression };
};

const checkCarried = (
  from: ObjectSchema | null,
  name: string,
  schema: FieldSchema,
  required: boolean,
): void => {
  const old = from && Object.hasOwn(from.properties, name) ? from.properties[name] : undefined;
  if (old === undefined || from === null) {
    if (required) refuse("the field is new and required", "name it in the upcast");
    return;
  }
  if (required && !from.required.includes(name))
    refuse("the field is required now, and was optional", "name it in the upcast");
  if (!isCarriable(old, schema)) refuse("the field has another type", "name it in the upcast");
};

/** Whether values can stay as they are; their bounds are checked event by event. */
const isCarriable = (old: FieldSchema, now: FieldSchema): boolean => {
  if (old.type !== now.type) return false;
  if (old.type === "number" && now.type === "number") return old.scale === now.scale;
  if (old.type === "array" && now.type === "array") return isCarriable(old.items, now.items);
  if (old.type !== "object" || now.type !== "object") return true;
  return Object.entries(now.properties).every(([name, field]) => {
    const before = Object.hasOwn(old.properties, name) ? old.properties[name] : undefined;
    const required = now.required.includes(name);
    return before === undefined
      ? !required
      : isCarriable(before, field) && (!required || old.required.includes(name));
  });
};
