import { describe, expect, it } from "vitest";
import { event } from "../event/define.js";
import type { ObjectSchema } from "../event/schema.js";
import { t } from "../event/t.js";
import { lookup } from "../lookup.js";
import * as f from "./build.js";
import { toDuckDb } from "./duckDb.js";
import type { Expr } from "./expression.js";
import { eventFields } from "./fields.js";
import { toExpression } from "./operand.js";
import type { SqlNames } from "./sql.js";

const visit = event("visit", {
  s: t.string(),
  n: t.integer(),
  d: t.decimal(2),
  x: t.number(),
  b: t.boolean(),
  page: t.object({ "@url": t.string() }),
});
const e = eventFields<typeof visit.fields>(visit.definition.versions[0]?.schema as ObjectSchema);
const cluster = lookup("cluster", { key: t.string(), value: t.string() });

const sqlOf = (expression: Expr, names?: SqlNames): string => toDuckDb(toExpression(expression), names);

const S = `json_extract_string(body, '$."s"')`;
const N = `CAST(json_extract_string(body, '$."n"') AS BIGINT)`;
const X = `CAST(json_extract_string(body, '$."x"') AS DOUBLE)`;
const B = `CAST(json_extract_string(body, '$."b"') AS BOOLEAN)`;
const TWO = "CAST(2 AS BIGINT)";

describe("DuckDB SQL", () => {
  it.each([
    ["a field", e.s, S],
    ["a nested field", e.page["@url"], `json_extract_string(body, '$."page"."@url"')`],
    ["a decimal", e.d, `CAST(round(CAST(json_extract_string(body, '$."d"') AS DOUBLE) * 1e+2) AS BIGINT)`],
    ["id", e.id, "id"],
    ["time", e.time, "time_ms"],
    ["eq", f.eq(e.s, "it's"), `(${S} = 'it''s')`],
    ["a text with U+0000", f.eq(e.s, "a\u0000'"), `(${S} = ('a' || chr(0) || ''''))`],
    ["eq of an integer and a float", f.eq(e.n, e.x), `(CAST(${N} AS DOUBLE) = CAST(${X} AS DOUBLE))`],
    ["ne", f.ne(e.b, true), `(${B} <> TRUE)`],
    ["lt", f.lt(e.s, e.id), `(${S} < id)`],
    ["lte", f.lte(e.n, 2), `(${N} <= ${TWO})`],
    ["gt", f.gt(e.x, 0.1), `(CAST(${X} AS DOUBLE) > CAST((1e-1) AS DOUBLE))`],
    ["gte", f.gte(e.time, f.instant("1970-01-01T00:00:01Z")), "(time_ms >= CAST(1000 AS BIGINT))"],
    ["and", f.and(e.b, true, e.b), `(${B} AND TRUE AND ${B})`],
    ["or", f.or(e.b, false), `(${B} OR FALSE)`],
    ["not", f.not(e.b), `(NOT ${B})`],
    ["isNull", f.isNull(e.s), `(${S} IS NULL)`],
    ["coalesce", f.coalesce(e.s, ""), `(coalesce(${S}, ''))`],
    ["iff", f.iff(e.b, e.n, null), `(CASE WHEN ${B} THEN ${N} ELSE CAST(NULL AS BIGINT) END)`],
    ["oneOf", f.oneOf(e.s, ["a", "b"]), `(${S} IN ('a', 'b'))`],
    ["concat", f.concat(e.s, "-", e.id), `(${S} || '-' || id)`],
    [
      "lowerAscii",
      f.lowerAscii(e.s),
      `(translate(${S}, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz'))`,
    ],
    [
      "upperAscii",
      f.upperAscii(e.s),
      `(translate(${S}, 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'))`,
    ],
    ["trim", f.trim(e.s), `(trim(${S}, ' '))`],
    ["length", f.length(e.s), `(length(${S}))`],
    ["substring", f.substring(e.s, 1, 2), `(substring(${S}, CAST(1 AS BIGINT), ${TWO}))`],
    ["splitPart", f.splitPart(e.s, "/", 2), `(split_part(${S}, '/', ${TWO}))`],
    ["startsWith", f.startsWith(e.s, "a"), `(starts_with(${S}, 'a'))`],
    ["endsWith", f.endsWith(e.s, "a"), `(suffix(${S}, 'a'))`],
    ["contains", f.contains(e.s, "a"), `(contains(${S}, 'a'))`],
    ["toText", f.toText(e.n), `(CAST(${N} AS VARCHAR))`],
    [
      "toInteger",
      f.toInteger(e.s),
      `(CASE WHEN regexp_full_match(${S}, '-?[0-9]{1,15}') THEN CAST(${S} AS BIGINT) END)`,
    ],
    ["add", f.add(e.n, 2), `(${N} + ${TWO})`],
    ["subtract", f.subtract(e.n, 2), `(${N} - ${TWO})`],
    ["multiply", f.multiply(e.n, 2), `(${N} * ${TWO})`],
    ["divideFloor", f.divideFloor(e.n, 2), `((${N} - (((${N} % ${TWO}) + ${TWO}) % ${TWO})) // ${TWO})`],
    ["modulo", f.modulo(e.n, 2), `(((${N} % ${TWO}) + ${TWO}) % ${TWO})`],
    ["absolute", f.absolute(e.n), `(abs(${N}))`],
    ["least", f.least(e.n, 2), `(least(${N}, ${TWO}))`],
    ["greatest", f.greatest(e.n, 2), `(greatest(${N}, ${TWO}))`],
    [
      "truncateTime",
      f.truncateTime(e.time, "1h"),
      "(time_ms - (((time_ms % CAST(3600000 AS BIGINT)) + CAST(3600000 AS BIGINT)) % CAST(3600000 AS BIGINT)))",
    ],
  ])("of %s", (_, expression, sql) => {
    expect(sqlOf(expression)).toBe(sql);
  });

  it("takes fields and lookups from where it is told", () => {
    const sql = sqlOf(cluster.of(e.s), {
      field: (path) => `columns.${path.join("_")}`,
      lookup: (name, key) => `${name}[${key}]`,
    });
    expect(sql).toBe("cluster[columns.s]");
    expect(() => sqlOf(cluster.of(e.s))).toThrow("no SQL was given for the lookup cluster");
  });
});
