import { describe, expect, it } from "vitest";
import { event } from "../event/define.js";
import type { ObjectSchema } from "../event/schema.js";
import { t } from "../event/t.js";
import * as f from "./build.js";
import type { Expr } from "./expression.js";
import { eventFields } from "./fields.js";
import { toExpression } from "./operand.js";
import { toSpark } from "./spark.js";

const visit = event("visit", { s: t.string(), n: t.integer(), page: t.object({ "@url": t.string() }) });
const e = eventFields<typeof visit.fields>(visit.definition.versions[0]?.schema as ObjectSchema);
const sqlOf = (expression: Expr): string =>
  toSpark(toExpression(expression), { field: (path) => path.join(".") });

const N = "CAST(n AS BIGINT)";
const TWO = "CAST(2 AS BIGINT)";

describe("Spark's SQL", () => {
  it.each([
    ["a field of a body", e.page["@url"], "page.@url"],
    ["a text with a quote and a backslash", f.eq(e.s, "it's \\ so"), "(s = 'it\\'s \\\\ so')"],
    ["a text with U+0000", f.eq(e.s, "a\u0000"), "(s = 'a\\u0000')"],
    [
      "a null",
      f.iff(f.isNull(e.s), e.s, null),
      "(CASE WHEN (s IS NULL) THEN s ELSE CAST(NULL AS STRING) END)",
    ],
    ["trim", f.trim(e.s), "(btrim(s, ' '))"],
    ["length", f.length(e.s), "(CAST(length(s) AS BIGINT))"],
    [
      "substring",
      f.substring(e.s, 1, 2),
      `(substring(s, CAST(CAST(1 AS BIGINT) AS INT), CAST(${TWO} AS INT)))`,
    ],
    ["splitPart", f.splitPart(e.s, "/", 2), `(split_part(s, '/', CAST(${TWO} AS INT)))`],
    ["startsWith", f.startsWith(e.s, "a"), "(startswith(s, 'a'))"],
    ["endsWith", f.endsWith(e.s, "a"), "(endswith(s, 'a'))"],
    ["toText", f.toText(e.n), `(CAST(${N} AS STRING))`],
    [
      "toInteger",
      f.toInteger(e.s),
      "(CASE WHEN s RLIKE '^-?[0-9]{1,15}\\\\z' THEN try_cast(s AS BIGINT) END)",
    ],
    [
      "divideFloor, which is null for 0",
      f.divideFloor(e.n, e.n),
      `((${N} - (((${N} % nullif(${N}, 0)) + nullif(${N}, 0)) % nullif(${N}, 0))) div nullif(${N}, 0))`,
    ],
    ["modulo", f.modulo(e.n, 2), `(((${N} % nullif(${TWO}, 0)) + nullif(${TWO}, 0)) % nullif(${TWO}, 0))`],
    ["what is the same in DuckDB", f.add(e.n, 2), `(${N} + ${TWO})`],
  ])("of %s", (_, expression, sql) => {
    expect(sqlOf(expression)).toBe(sql);
  });
});
