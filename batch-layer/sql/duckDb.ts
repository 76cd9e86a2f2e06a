import { toDuckDb } from "@freshet/model";
import type { Dialect } from "./dialect.js";
import { bodyPaths } from "./bodyPaths.js";
import { name, text } from "./text.js";

const RANK_BITS = 6;
const SLOT_BITS = 26;

// field names have no quotes and no backslashes (model/event/fieldSchema.ts)
const fieldColumn = (path: readonly string[]): string => name(`body.${path.join('"')}`);
const jsonPath = (path: readonly string[]): string => text(`$${path.map((step) => `."${step}"`).join("")}`);

/** DuckDB, by which the texts in `golden/` are written. */
export const DUCKDB: Dialect = {
  text,
  varchar: "VARCHAR",
  wide: "HUGEINT",
  summand: (value) => value,
  unionByName: (branches) => branches.map(({ sql }) => sql).join("\nUNION ALL BY NAME\n"),
  anyValue: (column) => `any_value(${column})`,
  emptyList: "[]",
  unnest: (list) => `unnest(${list})`,
  registers:
    `list_transform(list_sort(list((part::UBIGINT << ${RANK_BITS}) | value)), ` +
    `lambda packed: (((packed & ${2 ** RANK_BITS - 1}) << ${SLOT_BITS}) | (packed >> ${RANK_BITS}))::UINTEGER)`,
  bins: "list_sort(list(struct_pack(bin := part, n := value)))",
  identity: `md5(type || chr(0) || id || chr(0) || time_ms)::UUID`,
  storedIdentity: (column) => `${column}::UUID`,
  // what md5_number_lower gives, in half the time
  bodyHash: "(md5_number(body) >> 64)::UBIGINT",
  expressions: {
    expression: (expression, lookup) => toDuckDb(expression, { lookup, field: fieldColumn }),
    // each body is parsed once, however many of its fields are read
    rows(from, where, expressions) {
      const paths = bodyPaths(expressions);
      if (paths.length === 0) return `${from} s WHERE ${where}`;
      const columns = paths.map((path, index) => `body_texts[${index + 1}] AS ${fieldColumn(path)}`);
      return `(SELECT *, ${columns.join(", ")} FROM (
  SELECT *, json_extract_string(body, [${paths.map(jsonPath).join(", ")}]) AS body_texts FROM ${from} WHERE ${where}
)) s`;
    },
  },
};
