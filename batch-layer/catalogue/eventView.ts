import type { EventDefinition, FieldSchema, ObjectSchema } from "@freshet/model";
import { text } from "../sql/text.js";
import type { LeafType, ViewDialect } from "./dialects.js";

interface Leaf {
  readonly path: readonly string[];
  readonly type: LeafType;
}

/** Arrays are left in `body`. */
const leavesOf = (schema: FieldSchema, path: readonly string[]): readonly Leaf[] => {
  if (schema.type === "array") return [];
  if (schema.type !== "object") return [{ path, type: schema.type }];
  return Object.entries(schema.properties).flatMap(([field, inner]) => leavesOf(inner, [...path, field]));
};

/** Every field that any version of an event has had; one whose type changed is text. */
const leavesOfAll = (schemas: readonly ObjectSchema[]): readonly Leaf[] => {
  const leaves = new Map<string, Leaf>();
  for (const leaf of schemas.flatMap((schema) => leavesOf(schema, []))) {
    const key = leaf.path.join(".");
    const before = leaves.get(key);
    leaves.set(key, before && before.type !== leaf.type ? { ...leaf, type: "string" } : leaf);
  }
  return [...leaves.values()];
};

/**
 * SELECT of an event type's accepted rows with its fields as columns, old and new versions together. Copies are in it, as in the
 * raw lake.
 *
 * @param raw the table, as the engine names it
 */
export const eventViewSql = (event: EventDefinition, dialect: ViewDialect, raw: string): string => {
  const { field, types, quoted, hours } = dialect;
  const columns = leavesOfAll(event.versions.map(({ schema }) => schema)).map(
    ({ path, type }) => `CAST(${field(path)} AS ${types[type]}) AS ${quoted(path.join("."))}`,
  );
  return `SELECT id AS event_id, time_ms AS event_time_ms, ${[...(hours ? ["hour"] : []), ...columns].join(", ")}
FROM ${raw} WHERE kind = 'event' AND reason IS NULL AND type = ${text(event.name)}`;
};
