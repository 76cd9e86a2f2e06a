import { refuse } from "../definitionError.js";
import { DECIMAL_UNITS_MAX, type FieldSchema, type ObjectSchema, SAFE_INTEGER_MAX } from "../event/schema.js";
import type { Expression } from "./expression.js";
import { FUNCTIONS } from "./functions/index.js";
import type { Facts } from "./functions/rule.js";

/** Deeper trees are refused, so that no compiler runs out of stack. */
const EXPRESSION_DEPTH_MAX = 64;

const NO_INTEGER = { min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY };
const ANY_INTEGER = { min: -SAFE_INTEGER_MAX, max: SAFE_INTEGER_MAX };

/** What is known of an expression over events of this schema. @throws DefinitionError where it is not safe. */
export const factsOf = (expression: Expression, schema: ObjectSchema, depth = 0): Facts => {
  if (depth > EXPRESSION_DEPTH_MAX)
    return refuse(`an expression nests at most ${EXPRESSION_DEPTH_MAX} functions`);
  switch (expression.kind) {
    case "literal": {
      const { value } = expression;
      if (value === null) return { ...NO_INTEGER, nullable: true };
      return typeof value === "number"
        ? { min: value, max: value, nullable: false }
        : { ...ANY_INTEGER, nullable: false };
    }
    case "field":
      return factsOfField(expression.path, schema);
    case "lookup":
      factsOf(expression.key, schema, depth + 1);
      return { ...ANY_INTEGER, nullable: true };
    case "call": {
      const args = expression.args.map((arg) => factsOf(arg, schema, depth + 1));
      const nullable = args.some((arg) => arg.nullable);
      return { ...ANY_INTEGER, nullable, ...FUNCTIONS[expression.name].facts?.(args) };
    }
  }
};

const factsOfField = (path: readonly string[], schema: ObjectSchema): Facts => {
  if (path.length === 1 && (path[0] === "id" || path[0] === "time"))
    return { ...ANY_INTEGER, nullable: false };
  let at: FieldSchema = schema;
  let nullable = false;
  for (const name of path) {
    const next: FieldSchema | undefined = at.type === "object" ? at.properties[name] : undefined;
    if (next === undefined || at.type !== "object") return refuse(`the event has no field ${path.join(".")}`);
    nullable ||= !at.required.includes(name);
    at = next;
  }
  return { ...boundsOf(at), nullable };
};

const boundsOf = (schema: FieldSchema): { readonly min: number; readonly max: number } => {
  if (schema.type === "integer") {
    return { min: schema.minimum ?? -SAFE_INTEGER_MAX, max: schema.maximum ?? SAFE_INTEGER_MAX };
  }
  if (schema.type === "number" && schema.scale !== undefined) {
    const unit = 10 ** schema.scale;
    const units = (bound: number | undefined, otherwise: number): number =>
      bound === undefined
        ? otherwise
        : Math.max(-DECIMAL_UNITS_MAX, Math.min(DECIMAL_UNITS_MAX, bound * unit));
    return {
      min: Math.floor(units(schema.minimum, -DECIMAL_UNITS_MAX)),
      max: Math.ceil(units(schema.maximum, DECIMAL_UNITS_MAX)),
    };
  }
  return ANY_INTEGER;
};
