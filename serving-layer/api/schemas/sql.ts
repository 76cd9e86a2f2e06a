import Type, { type Static } from "typebox";
import { MissingSchema, StatusSchema } from "./answers.js";

const SQL_CHARS_MAX = 64 * 1024;
const ROWS_MAX = 1_000_000;

const strict = { additionalProperties: false };
const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) =>
  Type.Union([schema, Type.Null()]);
const count = Type.Integer({ minimum: 0 });
const instant = Type.String({ format: "date-time" });

export const SqlFormatSchema = Type.Union([
  Type.Literal("json"),
  Type.Literal("csv"),
  Type.Literal("arrow"),
  Type.Literal("parquet"),
]);

export const SqlBody = Type.Object(
  {
    sql: Type.String({
      minLength: 1,
      maxLength: SQL_CHARS_MAX,
      description: "One statement of DuckDB's SQL: SELECT, EXPLAIN, DESCRIBE, SHOW or SUMMARIZE.",
    }),
    format: Type.Optional(SqlFormatSchema),
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: ROWS_MAX,
        description: "Rows of the answer; 10000 by default, 100000 as JSON at most.",
      }),
    ),
  },
  { ...strict, examples: [{ sql: "SELECT 1 AS one" }] },
);
export type SqlBody = Static<typeof SqlBody>;

const ColumnSchema = Type.Object(
  { name: Type.String(), type: Type.String({ description: "DuckDB's name of the type" }) },
  strict,
);

export const SqlAnswerSchema = Type.Object(
  {
    status: nullable(StatusSchema),
    batchThrough: nullable(instant),
    missing: Type.Array(MissingSchema),
    generation: nullable(count),
    version: Type.String({ description: "Of the view: equal versions give equal answers" }),
    tables: Type.Array(Type.String(), { description: "What the statement reads" }),
    columns: Type.Array(ColumnSchema),
    rows: Type.Array(Type.Array(Type.Unknown()), {
      description:
        "Values in the order of the columns. Integers past 2^53 and long decimals are text, times ISO 8601, bytes base64.",
    }),
    rowCount: count,
    truncated: Type.Boolean({ description: "There are more rows than were asked for" }),
    elapsedMs: Type.Number({ minimum: 0 }),
  },
  strict,
);

export const SqlTablesSchema = Type.Object(
  {
    tables: Type.Array(
      Type.Object(
        {
          name: Type.String(),
          metric: nullable(Type.String()),
          description: Type.String(),
          columns: Type.Array(ColumnSchema),
        },
        strict,
      ),
    ),
    functions: Type.Array(Type.Object({ name: Type.String(), description: Type.String() }, strict)),
    limits: Type.Object({ rows: count, seconds: Type.Number(), memoryMb: count }, strict),
  },
  strict,
);
