import type { MeasureDefinition, MetricDefinition, ValueType } from "@freshet/model";
import { rowsFolder } from "../generation/files.js";
import { type GlueColumn, type GlueTable, fileTable } from "./glueTable.js";
import { STANDING_FOLDER } from "./standingFile.js";

const EPOCH_HOUR = "2020010100";

export const RAW_TABLE = "raw";
export const RAW_FILES_TABLE = "raw_files";
export const STANDING_TABLE = "standing";

const column = (name: string, type: string): GlueColumn => ({ Name: name, Type: type });

/** What landing writes: see `landing/rawLake.ts`. A body is text, so that files of all versions of an event read alike. */
const RAW_COLUMNS: readonly GlueColumn[] = [
  column("log", "string"),
  column("shard", "string"),
  column("sequence", "string"),
  column("subsequence", "int"),
  column("arrival_ms", "bigint"),
  column("kind", "string"),
  column("type", "string"),
  column("id", "string"),
  column("time_ms", "bigint"),
  column("late_ms", "bigint"),
  column("ahead_ms", "bigint"),
  column("body", "string"),
  column("reason", "string"),
  column("revision", "int"),
];

const rawFiles = (lakeUri: string) =>
  ({ format: "parquet", location: `${lakeUri}raw/`, columns: RAW_COLUMNS }) as const;

/** The raw lake, by arrival hour. @param lakeUri the lake's root, with `/` at its end */
const rawTable = (lakeUri: string): GlueTable =>
  fileTable({
    ...rawFiles(lakeUri),
    name: RAW_TABLE,
    projection: { column: "hour", format: "yyyyMMddHH", from: EPOCH_HOUR },
  });

/**
 * The same without partitions: Redshift Spectrum knows no projection, and would find none
 * (docs.aws.amazon.com/athena/latest/ug/partition-projection.html, considerations).
 */
const rawFilesTable = (lakeUri: string): GlueTable =>
  fileTable({ ...rawFiles(lakeUri), name: RAW_FILES_TABLE, projection: null });

/** Which files stand: what `standingFile` writes. */
const standingTable = (lakeUri: string): GlueTable =>
  fileTable({
    name: STANDING_TABLE,
    format: "csv",
    location: lakeUri + STANDING_FOLDER,
    columns: [
      column("revision", "bigint"),
      column("generation", "bigint"),
      column("metric", "string"),
      column("day", "string"),
      column("path", "string"),
    ],
    projection: null,
  });

/** The tables that any lake has, whatever its app measures. @param lakeUri the lake's root, with `/` at its end */
export const lakeTables = (lakeUri: string): readonly GlueTable[] => [
  rawTable(lakeUri),
  rawFilesTable(lakeUri),
  standingTable(lakeUri),
];

const KEY_TYPES: Readonly<Record<ValueType, string>> = {
  string: "string",
  integer: "bigint",
  number: "double",
  boolean: "boolean",
  instant: "bigint",
};

const measureType = ({ spec }: MeasureDefinition): string => {
  switch (spec.kind) {
    case "count":
    case "min":
    case "max":
      return "bigint";
    case "sum":
      return "decimal(38,0)";
    case "countDistinct":
      return "array<bigint>";
    case "quantiles":
      return "array<struct<bin:int,n:bigint>>";
  }
};

/** Hive's names have no `-`. */
export const viewName = (name: string): string => name.replaceAll(/[^a-z0-9]+/gi, "_").toLowerCase();

/** A changed metric is another table: its rows are others. */
export const rowsTableName = ({ name, hash }: MetricDefinition): string =>
  `${viewName(name)}_${hash.slice(0, 8)}`;

export const rowColumns = (metric: MetricDefinition): readonly GlueColumn[] => [
  column("pane", "bigint"),
  ...metric.by.map(({ name, expression }) => column(`k_${name}`, KEY_TYPES[expression.type])),
  ...metric.measures.map((measure) => column(`m_${measure.name}`, measureType(measure))),
];

/** A metric's rows in the files of all kept generations: `generationViewSql` chooses those that stand. */
export const rowsTable = (lakeUri: string, metric: MetricDefinition): GlueTable =>
  fileTable({
    name: rowsTableName(metric),
    format: "parquet",
    location: `${lakeUri}${rowsFolder(metric.hash)}`,
    columns: rowColumns(metric),
    projection: null,
  });
