import { describe, expect, it } from "vitest";
import { firstApp, secondApp } from "../testing/apps.js";
import { catalogueStatements, catalogueTables, hiveTableSql } from "./statements.js";
import { standingFile, standingPath } from "./standingFile.js";
import type { ViewEngine } from "./dialects.js";

const LAKE = "s3://bucket/lake/";
const [pages] = firstApp.metrics;
const tables = catalogueTables({ app: firstApp, lakeUri: LAKE });
const tableNamed = (name: string) => tables.find(({ Name }) => Name === name)!;
const statementsOf = (engine: ViewEngine) =>
  catalogueStatements({ app: secondApp, engine, lakeUri: LAKE, schema: "lake" });
const statementWith = (engine: ViewEngine, beginning: string): string =>
  statementsOf(engine).find((statement) => statement.startsWith(beginning)) ?? "";

describe("the catalogue", () => {
  it("has a table of raw events, one of what stands, and one of each metric's rows", () => {
    expect(tables.map(({ Name }) => Name)).toEqual([
      "raw",
      "raw_files",
      "standing",
      `pages_${pages!.hash.slice(0, 8)}`,
      `days_in_berlin_${firstApp.metrics[1]!.hash.slice(0, 8)}`,
    ]);
  });

  it("finds the hours of the raw lake by their names alone", () => {
    const { Parameters, PartitionKeys, StorageDescriptor } = tableNamed("raw");
    expect(PartitionKeys).toEqual([{ Name: "hour", Type: "string" }]);
    expect(Parameters).toMatchObject({
      "projection.enabled": "true",
      "projection.hour.format": "yyyyMMddHH",
      "projection.hour.interval.unit": "HOURS",
      "projection.hour.range": "2020010100,NOW+1HOURS",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: Athena's own placeholder
      "storage.location.template": "s3://bucket/lake/raw/hour=${hour}/",
      "spark.sql.sources.schema.partCol.0": "hour",
    });
    expect(StorageDescriptor.Columns.map(({ Name }) => Name)).toContain("body");
    const unpartitioned = tableNamed("raw_files");
    expect(unpartitioned.PartitionKeys).toEqual([]);
    expect(unpartitioned.StorageDescriptor.Columns).toEqual(StorageDescriptor.Columns);
    expect(unpartitioned.StorageDescriptor.Location).toBe(StorageDescriptor.Location);
  });

  it("gives a metric's rows the types in which both engines store them", () => {
    const { StorageDescriptor, Parameters } = tableNamed(`pages_${pages!.hash.slice(0, 8)}`);
    expect(StorageDescriptor.Location).toBe(`s3://bucket/lake/generations/data/${pages!.hash}/`);
    expect(StorageDescriptor.Columns.map(({ Name: name, Type }) => `${name} ${Type}`)).toEqual([
      "pane bigint",
      "k_page string",
      "k_returning boolean",
      "k_select boolean",
      "m_visits bigint",
      "m_returning bigint",
      "m_time decimal(38,0)",
      "m_shortest bigint",
      "m_longest bigint",
      "m_users array<bigint>",
      "m_stay array<struct<bin:int,n:bigint>>",
    ]);
    const schema = JSON.parse(Parameters["spark.sql.sources.schema"]!) as { fields: { name: string }[] };
    expect(schema.fields.map(({ name }) => name)).toEqual(StorageDescriptor.Columns.map(({ Name }) => Name));
  });

  it("says the same of a table in Hive's words", () => {
    expect(
      hiveTableSql(tableNamed("standing")),
    ).toBe(`CREATE EXTERNAL TABLE IF NOT EXISTS \`standing\` (\`revision\` bigint, \`generation\` bigint, \`metric\` string, \`day\` string, \`path\` string)
ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe'
WITH SERDEPROPERTIES ('serialization.format' = '1', 'field.delim' = '\\t', 'serialization.null.format' = '\\\\N', 'sep' = '\\t', 'nullValue' = '\\\\N', 'path' = 's3://bucket/lake/generations/catalogue/', 'recursiveFileLookup' = 'true')
STORED AS INPUTFORMAT 'org.apache.hadoop.mapred.TextInputFormat' OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'
LOCATION 's3://bucket/lake/generations/catalogue/'
TBLPROPERTIES ('classification' = 'csv', 'EXTERNAL' = 'TRUE', 'spark.sql.sources.provider' = 'csv', 'spark.sql.sources.schema' = '${tableNamed("standing").Parameters["spark.sql.sources.schema"]!}')`);
    expect(hiveTableSql(tableNamed("raw"))).toContain("PARTITIONED BY (`hour` string)");
  });

  it("lists the files of one generation and no others, also of one that has none", () => {
    const file = (day: string, path: string) => ({ day, path, rows: 1 });
    const files = [
      file("2026-11-20", "generations/data/h/2026-11-20/3.parquet"),
      file("2026-11-21", "generations/data/h/spark-7-1/day=2026-11-21/a.parquet"),
    ];
    expect(standingPath(12)).toBe("generations/catalogue/12.tsv");
    expect(standingFile(12, { generation: 7, metrics: { h: { name: "m", files, trend: null } } })).toBe(
      `12\t7\t\\N\t\\N\t\\N
12\t7\th\t2026-11-20\t${files[0]!.path}
12\t7\th\t2026-11-21\t${files[1]!.path}
`,
    );
    expect(standingFile(1, { generation: 1, metrics: {} }).split("\n")).toHaveLength(2);
  });

  it("chooses the files that stand, in each engine's words", () => {
    const [regions] = secondApp.metrics;
    const rows = `regions_${regions!.hash.slice(0, 8)}`;
    const standing = (table: string, path: string): string => `(
  SELECT ${path} FROM (
    SELECT revision, metric, path, max(revision) OVER () AS newest FROM ${table}
  ) s
  WHERE revision = newest AND metric = '${regions!.hash}'
)`;
    expect(statementWith("athena", 'CREATE OR REPLACE VIEW "metric_')).toBe(
      `CREATE OR REPLACE VIEW "metric_regions" AS
SELECT "pane", "k_region", "m_visits"
FROM "${rows}" WHERE "$path" IN ${standing('"standing"', `concat('${LAKE}', path)`)}`,
    );
    expect(statementWith("redshift", 'CREATE OR REPLACE VIEW "metric_')).toBe(
      `CREATE OR REPLACE VIEW "metric_regions" AS
SELECT "pane", "k_region", "m_visits"
FROM "lake"."${rows}" WHERE "$path" IN ${standing('"lake"."standing"', `concat('${LAKE}', path)`)}
WITH NO SCHEMA BINDING`,
    );
    expect(statementWith("spark", "CREATE OR REPLACE VIEW `metric_")).toBe(
      `CREATE OR REPLACE VIEW \`metric_regions\` AS
SELECT \`pane\`, \`k_region\`, \`m_visits\`
FROM \`${rows}\` WHERE concat('generations/data/', substring_index(_metadata.file_path, '/generations/data/', -1)) IN ${standing("`standing`", "path")}`,
    );
  });

  it("leaves lists out where Redshift has no columns of them", () => {
    const of = (engine: ViewEngine): string =>
      catalogueStatements({ app: firstApp, engine, lakeUri: LAKE, schema: "lake" }).join("\n");
    expect(of("redshift")).not.toContain("m_users");
    expect(of("athena")).toContain("m_users");
  });

  it("reads old and new versions of an event together, by the fields that any of them has", () => {
    expect(statementWith("athena", 'CREATE OR REPLACE VIEW "event_')).toBe(
      `CREATE OR REPLACE VIEW "event_visit" AS
SELECT id AS event_id, time_ms AS event_time_ms, hour, ` +
        `CAST(json_extract_scalar(body, '$["page"]') AS varchar) AS "page", ` +
        `CAST(json_extract_scalar(body, '$["user"]') AS varchar) AS "user", ` +
        `CAST(json_extract_scalar(body, '$["ms"]') AS bigint) AS "ms", ` +
        `CAST(json_extract_scalar(body, '$["returning"]') AS boolean) AS "returning", ` +
        `CAST(json_extract_scalar(body, '$["region"]') AS varchar) AS "region"\n` +
        `FROM "raw" WHERE kind = 'event' AND reason IS NULL AND type = 'visit'`,
    );
    expect(statementWith("redshift", 'CREATE OR REPLACE VIEW "event_')).toContain(
      `CAST(nullif(json_extract_path_text(body, 'ms', true), '') AS bigint) AS "ms"`,
    );
    expect(statementWith("spark", "CREATE OR REPLACE VIEW `event_")).toContain(
      "CAST(get_json_object(body, \"$['ms']\") AS bigint) AS `ms`",
    );
  });
});
