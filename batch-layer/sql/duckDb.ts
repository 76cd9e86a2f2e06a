import { toDuckDb } from "@freshet/model";
import type { Dialect } from "./dialect.js";
import { text } from "./text.js";

const RANK_BITS = 6;
const SLOT_BITS = 26;

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
  bodyHash: "md5_number_lower(body)",
  expressions: {
    expression: (expression, lookup) => toDuckDb(expression, { lookup }),
    rows: (from, where) => `${from} s WHERE ${where}`,
  },
};
