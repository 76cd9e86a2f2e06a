import { describe, expect, it } from "vitest";
import { firstApp, secondApp } from "../testing/apps.js";
import { eventViewSql } from "./eventView.js";
import { rawTable, symlinksOf, viewTable } from "./tables.js";

const LAKE = "s3://bucket/lake/";
const [pages] = firstApp.metrics;
const [visit] = secondApp.events;

describe("the catalogue", () => {
  it("finds the hours of the raw lake by their names alone", () => {
    const { Parameters, PartitionKeys, StorageDescriptor } = rawTable(LAKE);
    expect(PartitionKeys).toEqual([{ Name: "hour", Type: "string" }]);
    expect(Parameters).toMatchObject({
      "projection.enabled": "true",
      "projection.hour.format": "yyyyMMddHH",
      "projection.hour.interval.unit": "HOURS",
      "projection.hour.range": "2020010100,NOW+1HOURS",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: Athena's own placeholder
      "storage.location.template": "s3://bucket/lake/raw/hour=${hour}/",
    });
    expect(StorageDescriptor.Columns.map(({ Name }) => Name)).toContain("body");
  });

  it("gives a metric's rows the types in which both engines store them", () => {
    const { Name, StorageDescriptor } = viewTable(LAKE, 7, pages!);
    expect(Name).toBe(`pages_${pages!.hash.slice(0, 8)}`);
    expect(StorageDescriptor.Location).toBe(`s3://bucket/lake/generations/catalogue/7/${pages!.hash}/`);
    expect(StorageDescriptor.InputFormat).toContain("Symlink");
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
  });

  it("lists, for each day, the files of one generation and no others", () => {
    const file = (day: string, path: string) => ({ day, path, rows: 1 });
    const files = [
      file("2026-11-20", "generations/data/h/2026-11-20/3.parquet"),
      file("2026-11-21", "generations/spark/7/1/files/metric_0/day=2026-11-21/a.parquet"),
      file("2026-11-21", "generations/spark/7/1/files/metric_0/day=2026-11-21/b.parquet"),
    ];
    const links = symlinksOf(LAKE, { generation: 7, metrics: { h: { name: "m", files, trend: null } } });
    expect(links).toEqual([
      {
        path: "generations/catalogue/7/h/day=2026-11-20/files",
        text: `${LAKE}${files[0]!.path}\n`,
      },
      {
        path: "generations/catalogue/7/h/day=2026-11-21/files",
        text: `${LAKE}${files[1]!.path}\n${LAKE}${files[2]!.path}\n`,
      },
    ]);
  });

  it("reads old and new versions of an event together, by the fields that any of them has", () => {
    expect(eventViewSql(visit!, "athena")).toBe(
      `SELECT id AS event_id, time_ms AS event_time_ms, hour, ` +
        `CAST(json_extract_scalar(body, '$["page"]') AS varchar) AS "page", ` +
        `CAST(json_extract_scalar(body, '$["user"]') AS varchar) AS "user", ` +
        `CAST(json_extract_scalar(body, '$["ms"]') AS bigint) AS "ms", ` +
        `CAST(json_extract_scalar(body, '$["returning"]') AS boolean) AS "returning", ` +
        `CAST(json_extract_scalar(body, '$["region"]') AS varchar) AS "region"\n` +
        `FROM raw WHERE kind = 'event' AND reason IS NULL AND type = 'visit'`,
    );
    expect(eventViewSql(visit!, "spark")).toContain(
      "CAST(get_json_object(body, \"$['ms']\") AS bigint) AS `ms`",
    );
  });
});
