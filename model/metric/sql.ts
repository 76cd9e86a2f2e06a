import type { Expression, FunctionName, ValueType } from "./expression.js";

/** How an expression reaches what lies outside it. */
export interface SqlNames {
  /** SQL of the text of a field (NULL where absent or null); by default it is read from the column `body`. */
  field?(path: readonly string[]): string;
  /** SQL of a lookup's value for a key that is given as SQL. Needed where the expression has lookups. */
  lookup?(lookup: string, key: string): string;
}

/** What an engine writes otherwise than another. */
export interface ExpressionDialect {
  readonly types: Readonly<Record<ValueType, string>>;
  /** A text as a literal. */
  text(value: string): string;
  /** The text of a field of the column `body`. */
  field(path: readonly string[]): string;
  call(name: FunctionName, args: readonly string[], nodes: readonly Expression[]): string;
}

/**
 * SQL over rows with `body` (canonical JSON of an accepted event of the metric's type, in the schema version that the
 * expression is over), `id` and `time_ms`. Over other rows its casts fail, loudly.
 */
export const toSql = (dialect: ExpressionDialect, expression: Expression, names: SqlNames): string => {
  switch (expression.kind) {
    case "literal":
      return literal(dialect, expression.value, expression.type);
    case "field":
      return field(dialect, expression, names);
    case "lookup": {
      if (!names.lookup) throw new Error(`no SQL was given for the lookup ${expression.lookup}`);
      return names.lookup(expression.lookup, toSql(dialect, expression.key, names));
    }
    case "call": {
      const args = expression.args.map((arg) => toSql(dialect, arg, names));
      return `(${dialect.call(expression.name, args, expression.args)})`;
    }
  }
};

const literal = (
  { types, text }: ExpressionDialect,
  value: string | number | boolean | null,
  type: ValueType,
): string => {
  if (value === null) return `CAST(NULL AS ${types[type]})`;
  if (typeof value === "string") return text(value);
  if (typeof value === "boolean") return value ? "TRUE" : "FALSE";
  // an exponent makes a DOUBLE; without one engines read a DECIMAL
  return type === "number" ? `(${value.toExponential()})` : `CAST(${value} AS BIGINT)`;
};

const field = (
  dialect: ExpressionDialect,
  { type, path, scale }: Expression & { readonly kind: "field" },
  names: SqlNames,
): string => {
  if (path.length === 1 && path[0] === "id") return "id";
  if (path.length === 1 && path[0] === "time") return "time_ms";
  const text = names.field ? names.field(path) : dialect.field(path);
  if (scale !== undefined)
    return `CAST(round(CAST(${text} AS DOUBLE) * ${(10 ** scale).toExponential()}) AS BIGINT)`;
  return type === "string" ? text : `CAST(${text} AS ${dialect.types[type]})`;
};
