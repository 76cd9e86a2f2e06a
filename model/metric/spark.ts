import type { Expression } from "./expression.js";
import { FUNCTIONS } from "./functions/index.js";
import { type ExpressionDialect, type SqlNames, toSql } from "./sql.js";

/** A text as a literal of Spark SQL, which reads backslashes. */
export const sparkText = (text: string): string =>
  `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll("\u0000", "\\u0000")}'`;

const SPARK: ExpressionDialect = {
  types: { string: "STRING", integer: "BIGINT", number: "DOUBLE", boolean: "BOOLEAN", instant: "BIGINT" },
  text: sparkText,
  field: (path) => `get_json_object(body, '$${path.map((name) => `[\\'${name}\\']`).join("")}')`,
  call(name, args, nodes) {
    const rule = FUNCTIONS[name];
    return (rule.spark ?? rule.duckDb)(args, nodes);
  },
};

/** SQL of Spark 4 in its ANSI mode, with double quotes for names: see `toSql`. */
export const toSpark = (expression: Expression, names: SqlNames = {}): string =>
  toSql(SPARK, expression, names);
