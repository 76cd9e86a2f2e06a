import type { Expression } from "../metric/expression.js";
import { replaceFields } from "../metric/walk.js";
import type { EventDefinition, UpcastValue } from "./definition.js";

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
  for (const step of [...event.versions].reverse()) {
    if (step.version <= version) break;
    const { upcast } = step;
    if (upcast !== null) result = replaceFields(result, (field) => madeOf(upcast, field) ?? field);
  }
  return result;
};

const madeOf = (
  upcast: Readonly<Record<string, UpcastValue>>,
  field: Expression & { readonly kind: "field" },
): Expression | null => {
  let at: UpcastValue | undefined;
  let fields: Readonly<Record<string, UpcastValue>> = upcast;
  for (const name of field.path) {
    at = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (at === undefined) return null;
    if (at.kind === "expression") return at.expression;
    fields = at.fields;
  }
  return null;
};
