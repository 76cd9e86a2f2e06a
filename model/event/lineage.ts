import type { Expression } from "../metric/expression.js";
import { replaceFields } from "../metric/walk.js";
import type { EventDefinition, EventVersion, UpcastValue } from "./definition.js";
import type { ObjectSchema } from "./schema.js";
import { fieldSchemaAt } from "./schemaAt.js";

/** Where a field of the last version was made anew from older versions: the version and what it is made of. */
export const lineageOf = (
  event: EventDefinition,
  field: string,
): readonly { readonly version: number; readonly field: string; readonly from: UpcastValue }[] =>
  event.versions.flatMap(({ version, upcast }) => {
    const from = upcast && Object.hasOwn(upcast, field) ? upcast[field] : undefined;
    return from === undefined ? [] : [{ version, field, from }];
  });

/**
 * The expression over events of an older version that has the same value as `expression` over the same events
 * upcast to the last version: what SQL needs for rows that were landed before the last version was known.
 */
export const overVersion = (expression: Expression, event: EventDefinition, version: number): Expression => {
  let result = expression;
  for (let index = event.versions.length - 1; index > 0; index--) {
    const step = event.versions[index] as EventVersion;
    const before = event.versions[index - 1] as EventVersion;
    if (step.version <= version) break;
    result = replaceFields(result, (field) => fieldBefore(field, step.upcast ?? {}, before.schema));
  }
  return result;
};

const fieldBefore = (
  field: Expression & { readonly kind: "field" },
  upcast: Readonly<Record<string, UpcastValue>>,
  before: ObjectSchema,
): Expression => {
  const made = madeOf(upcast, field.path);
  if (made === "carried") return fieldSchemaAt(before, field.path) ? field : nullOf(field);
  return made ?? nullOf(field);
};

const nullOf = ({ type }: Expression): Expression => ({ kind: "literal", type, value: null });

/** The expression that an upcast gives for a field; null where it makes the object around it without the field. */
const madeOf = (
  upcast: Readonly<Record<string, UpcastValue>>,
  path: readonly string[],
): Expression | "carried" | null => {
  let fields = upcast;
  for (const [depth, name] of path.entries()) {
    const at = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (at === undefined) return depth === 0 ? "carried" : null;
    if (at.kind === "expression") return at.expression;
    fields = at.fields;
  }
  return null;
};
