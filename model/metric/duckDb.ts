import type { Expression, ValueType } from "./expression.js";
import { FUNCTIONS } from "./functions/index.js";

/** How an expression reaches what lies outside it. */
export interface DuckDbNames {
  /** SQL of the text of a field (NULL where absent or null); by default it is read from the column `body`. */
  field?(path: readonly string[]): string;
  /** SQL of a lookup's value for a key that is given as SQL. Needed where the expression has lookups. */
  lookup?(lookup: string, key: string): string;
}

const COLUMN_TYPES: Readonly<Record<ValueType, string>> = {
  string: "VARCHAR",
  integer: "BIGINT",
  number: "DOUBLE",
  boolean: "BOOLEAN",
  instant: "BIGINT",
};

/**
 * DuckDB SQL over rows with `body` (canonical JSON of an accepted event of the metric's type, in the schema
 * version that the expression is over), `id` and `time_ms`. Over other rows its casts fail, loudly.
 */
export const toDuckDb = (expression: Expression, names: DuckDbNames = {}): string => {
  switch (expression.kind) {
    case "literal":
      return literal(expression.value, expression.type);
    case "field":
      return field(expression, names);
    case "lookup": {
      if (!names.lookup) throw new Error(`no SQL was given for the lookup ${expression.lookup}`);
      return names.lookup(expression.lookup, toDuckDb(expression.key, names));
    }
    case "call": {
      const args = expression.args.map((arg) => toDuckDb(arg, names));
      return `(${FUNCTIONS[expression.name].duckDb(args, expression.args)})`;
    }
  }
};

/** A text as an SQL literal; U+0000 would end the statement. */
export const duckDbText = (text: string): string => {
  const parts = text.split("\u0000").map((part) => `'${part.replaceAll("'", "''")}'`);
  return parts.length === 1 ? (parts[0] as string) : `(${parts.join(" || chr(0) || ")})`;
};

const literal = (value: string | number | boolean | null, type: ValueType): string => {
  if (value === null) return `CAST(NULL AS ${COLUMN_TYPES[type]})`;
  if (typeof value === "string") return duckDbText(value);
  if (typeof value === "boolean") return value ? "TRUE" : "FALSE";
  // an exponent makes a DOUBLE; without one DuckDB reads a DECIMAL
  return type === "number" ? `(${value.toExponential()})` : `CAST(${value} AS BIGINT)`;
};

const field = (
  { type, path, scale }: Expression & { readonly kind: "field" },
  names: DuckDbNames,
): string => {
  if (path.length === 1 && path[0] === "id") return "id";
  if (path.length === 1 && path[0] === "time") return "time_ms";
  const text = (names.field ?? fieldOfBody)(path);
  if (scale !== undefined)
    return `CAST(round(CAST(${text} AS DOUBLE) * ${(10 ** scale).toExponential()}) AS BIGINT)`;
  return type === "string" ? text : `CAST(${text} AS ${COLUMN_TYPES[type]})`;
};

/** Field names have no quotes and no backslashes (see event/fieldSchema.ts). */
const fieldOfBody = (path: readonly string[]): string =>
  `json_extract_string(body, '$${path.map((name) => `."${name}"`).join("")}')`;
