import {
  compileExpression,
  type EventRow,
  type JsonObject,
  type JsonValue,
  type Value,
} from "../metric/javascript.js";
import type { EventVersion, UpcastValue } from "./definition.js";
import type { FieldSchema, ObjectSchema } from "./schema.js";

const NO_LOOKUPS = (): null => null;

/** Makes an event of `version` from one of the version before. */
export const compileUpcast = (
  before: EventVersion,
  version: EventVersion,
): ((row: EventRow) => JsonObject) => {
  const made = compileFields(version.upcast ?? {}, version.schema);
  return (row) => ({
    ...carried(row.event, before.schema, version.schema, version.upcast ?? {}),
    ...made(row),
  });
};

/** What stays: the fields of both versions, and what neither declares. */
const carried = (
  event: JsonObject,
  before: ObjectSchema,
  after: ObjectSchema,
  upcast: Readonly<Record<string, UpcastValue>>,
): JsonObject =>
  Object.fromEntries(
    Object.entries(event).flatMap(([name, value]) => {
      const old = Object.hasOwn(before.properties, name) ? before.properties[name] : undefined;
      const now = Object.hasOwn(after.properties, name) ? after.properties[name] : undefined;
      if (old === undefined && now === undefined) return [[name, value]];
      if (old === undefined || now === undefined || Object.hasOwn(upcast, name)) return [];
      return [[name, carriedValue(value, old, now)]];
    }),
  );

const carriedValue = (value: JsonValue, old: FieldSchema, now: FieldSchema): JsonValue => {
  if (old.type !== "object" || now.type !== "object" || value === null) return value;
  return carried(value as JsonObject, old, now, {});
};

type MakeFields = (row: EventRow) => JsonObject;

const compileFields = (fields: Readonly<Record<string, UpcastValue>>, schema: ObjectSchema): MakeFields => {
  const made = Object.entries(fields).map(([name, value]) => {
    const field = schema.properties[name] as FieldSchema;
    return {
      name,
      make:
        value.kind === "object"
          ? compileFields(value.fields, field as ObjectSchema)
          : compileValue(value, field),
    };
  });
  return (row) =>
    Object.fromEntries(
      made.flatMap(({ name, make }) => {
        const value = make(row);
        return value === null ? [] : [[name, value]];
      }),
    );
};

const compileValue = (
  value: UpcastValue & { readonly kind: "expression" },
  field: FieldSchema,
): ((row: EventRow) => Value) => {
  const evaluate = compileExpression(value.expression);
  const scale = field.type === "number" ? field.scale : undefined;
  if (scale === undefined) return (row) => evaluate(row, NO_LOOKUPS);
  return (row) => {
    const units = evaluate(row, NO_LOOKUPS);
    return typeof units === "number" ? units / 10 ** scale : null;
  };
};
