import type { FieldSchema, ObjectSchema } from "./schema.js";

const OF_EVERY_EVENT: Readonly<Record<string, FieldSchema>> = {
  id: { type: "string" },
  time: { type: "integer" },
};

/** The schema of a field by path, `id` and `time` too; null where none is declared. */
export const fieldSchemaAt = (schema: ObjectSchema, path: readonly string[]): FieldSchema | null => {
  const [first = ""] = path;
  if (path.length === 1 && Object.hasOwn(OF_EVERY_EVENT, first)) return OF_EVERY_EVENT[first] ?? null;
  let at: FieldSchema = schema;
  for (const name of path) {
    if (at.type !== "object" || !Object.hasOwn(at.properties, name)) return null;
    at = at.properties[name] as FieldSchema;
  }
  return at;
};
