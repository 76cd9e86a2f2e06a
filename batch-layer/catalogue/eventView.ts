import type { EventDefinition, FieldSchema, ObjectSchema } from "@freshet/model";
import { name, text } from "../sql/text.js";

export type ViewEngine = "athena" | "spark";

interface ViewDialect {
  /** The text of a field of `body`, NULL where an older or newer body has none. */
  field(path: readonly string[]): string;
  readonly types: Readonly<Record<"string" | "integer" | "number" | "boolean", string>>;
}

const DIALECTS: Readonly<Record<ViewEngine, ViewDialect>> = {
  athena: {
    field: (path) => `json_extract_scalar(body, ${text(`$${path.map((step) => `["${step}"]`).join("")}`)})`,
    types: { string: "varchar", integer: "bigint", number: "double", boolean: "boolean" },
  },
  spark: {
    field: (path) => `get_json_object(body, "$${path.map((step) => `['${step}']`).join("")}")`,
    types: { string: "string", integer: "bigint", number: "double", boolean: "boolean" },
  },
};

interface Leaf {
  readonly path: readonly string[];
  readonly type: "string" | "integer" | "number" | "boolean";
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

/** SELECT of an event type's accepted rows with its fields as columns, old and new versions together. */
export const eventViewSql = (event: EventDefinition, engine: ViewEngine): string => {
  const { field, types } = DIALECTS[engine];
  const quoted = (column: string): string =>
    engine === "athena" ? name(column) : `\`${column.replaceAll("`", "``")}\``;
  const columns = leavesOfAll(event.versions.map(({ schema }) => schema)).map(
    ({ path, type }) => `CAST(${field(path)} AS ${types[type]}) AS ${quoted(path.join("."))}`,
  );
  return `SELECT id AS event_id, time_ms AS event_time_ms, hour, ${columns.join(", ")}
FROM raw WHERE kind = 'event' AND reason IS NULL AND type = ${text(event.name)}`;
};
