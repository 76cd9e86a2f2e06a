import type { Expression } from "./expression.js";
import { FUNCTIONS } from "./functions/index.js";
import { type ExpressionDialect, type SqlNames, toSql } from "./sql.js";

/** A text as an SQL literal; U+0000 would end the statement. */
export const duckDbText = (text: string): string => {
  const parts = text.split("\u0000").map((part) => `'${part.replaceAll("'", "''")}'`);
  return parts.length === 1 ? (parts[0] as string) : `(${parts.join(" || chr(0) || ")})`;
};

const DUCKDB: ExpressionDialect = {
  types: { string: "VARCHAR", integer: "BIGINT", number: "DOUBLE", boolean: "BOOLEAN", instant: "BIGINT" },
  text: duckDbText,
  // field names have no quotes and no backslashes (see event/fieldSchema.ts)
  field: (path) => `json_extract_string(body, '$${path.map((name) => `."${name}"`).join("")}')`,
  call: (name, args, nodes) => FUNCTIONS[name].duckDb(args, nodes),
};

/** DuckDB SQL of an expression: see `toSql`. */
export const toDuckDb = (expression: Expression, names: SqlNames = {}): string =>
  toSql(DUCKDB, expression, names);
