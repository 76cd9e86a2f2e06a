import { type Expression, sparkText, toSpark } from "@freshet/model";
import { bodyPaths } from "./bodyPaths.js";
import type { Dialect } from "./dialect.js";
import { name } from "./text.js";

const RANK_BITS = 6;
const SLOT_BITS = 26;
/** The least that Spark takes: a sketch of one value is a list of one coupon, whatever its size. */
const SKETCH_LG_K = 4;
const SKETCH_PREAMBLE_BYTES = 8;

/** Hexadecimal text of bytes, the least first, as the number's own text. */
const bytesReversed = (hex: string, from: number, bytes: number): string =>
  `concat(${Array.from({ length: bytes }, (_, index) => `substring(${hex}, ${from + 2 * (bytes - 1 - index)}, 2)`).join(", ")})`;

/** Fields of bodies as a type of Spark's: every leaf is read as text. */
interface Fields extends Map<string, Fields | null> {}

const fieldsOf = (paths: readonly (readonly string[])[]): Fields => {
  const fields: Fields = new Map();
  for (const path of paths) {
    let at = fields;
    for (const [index, step] of path.entries()) {
      if (index === path.length - 1) {
        if (!at.has(step)) at.set(step, null);
        continue;
      }
      const next = at.get(step) ?? new Map();
      at.set(step, next);
      at = next;
    }
  }
  return fields;
};

const structOf = (fields: Fields): string =>
  `STRUCT<${[...fields].map(([field, inner]) => `\`${field.replaceAll("`", "``")}\`: ${inner ? structOf(inner) : "STRING"}`).join(", ")}>`;

/** Spark 4 in its ANSI mode, with double quotes for names (`spark.sql.ansi.doubleQuotedIdentifiers`). */
export const SPARK: Dialect = {
  text: sparkText,
  varchar: "STRING",
  wide: "DECIMAL(38, 0)",
  // a sum has 10 digits more than what is summed
  summand: (value) => `CAST(${value} AS DECIMAL(28, 0))`,
  unionByName: (branches, columns) =>
    branches
      .map(({ columns: own, sql }) => {
        const selected = columns.map((column) => (own.includes(column) ? column : `NULL AS ${column}`));
        return `SELECT ${selected.join(", ")} FROM (\n${sql}\n)`;
      })
      .join("\nUNION ALL\n"),
  anyValue: (column) => `any_value(${column}, TRUE)`,
  // quoted, or Spark takes every >> after it for the end of two types
  emptyList: `"array"()`,
  unnest: (list) => `explode(${list})`,
  registers:
    `transform(array_sort(collect_list((part::BIGINT << ${RANK_BITS}) | value)), ` +
    `packed -> ((packed & ${2 ** RANK_BITS - 1}) << ${SLOT_BITS}) | (packed >> ${RANK_BITS}))`,
  bins: "array_sort(collect_list(named_struct('bin', part, 'n', value)))",
  identity: "md5(concat(type, chr(0), id, chr(0), CAST(time_ms AS STRING)))",
  storedIdentity: (column) => `replace(${column}, '-', '')`,
  bodyHash: `CAST(conv(${bytesReversed("md5(body)", 17, 8)}, 16, 10) AS DECIMAL(20, 0))`,
  expressions: {
    expression: (expression, lookup) =>
      toSpark(expression, { lookup, field: (path) => `body_fields.${path.map(name).join(".")}` }),
    // each body is parsed once, and one that is no JSON ends the job
    rows(from, where, expressions) {
      const paths = bodyPaths(expressions);
      const fields = structOf(fieldsOf(paths));
      // Spark may parse before it chooses
      const chosen = `CASE WHEN ${where} AND identity IS NOT NULL THEN body END`;
      const parsed = `from_json(${chosen}, ${sparkText(fields)}, map('mode', 'FAILFAST')) AS body_fields`;
      return paths.length === 0
        ? `${from} s WHERE ${where}`
        : `(SELECT *, ${parsed} FROM ${from} WHERE ${where}) s`;
    },
  },
};

/**
 * The table (value, coupon) of distinct values: Spark's own sketch of one value holds its coupon after 8 bytes. The empty
 * text has none.
 */
export const sparkCouponsSql = (values: string, type: Expression["type"]): string => {
  const hashed = type === "boolean" ? "CAST(CAST(value AS INT) AS BIGINT)" : "value";
  const sketch = `hex(substring(hll_sketch_agg(${hashed}, ${SKETCH_LG_K}), ${SKETCH_PREAMBLE_BYTES + 1}, 4))`;
  return `SELECT value, CAST(conv(${bytesReversed("sketch", 1, 4)}, 16, 10) AS BIGINT) AS coupon
FROM (SELECT value, ${sketch} AS sketch FROM (${values})${type === "string" ? " WHERE value <> ''" : ""} GROUP BY value)`;
};
