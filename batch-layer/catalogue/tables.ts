import type { GenerationManifest, MeasureDefinition, MetricDefinition, ValueType } from "@freshet/model";
import { type GlueColumn, type GlueTable, parquetTable } from "./glueTable.js";

const EPOCH_HOUR = "2020010100";
const EPOCH_DAY = "2020-01-01";

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

/** The raw lake, by arrival hour. @param lakeUri the lake's root, with `/` at its end */
export const rawTable = (lakeUri: string): GlueTable =>
  parquetTable({
    name: "raw",
    location: `${lakeUri}raw/`,
    columns: RAW_COLUMNS,
    projection: { column: "hour", format: "yyyyMMddHH", unit: "HOURS", from: EPOCH_HOUR },
    symlinks: false,
  });

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

/** Hive's names have no `-`; a changed metric is another table. */
const tableName = ({ name, hash }: MetricDefinition): string =>
  `${name.replaceAll(/[^a-z0-9]+/gi, "_").toLowerCase()}_${hash.slice(0, 8)}`;

const symlinkFolder = (generation: number, hash: string): string =>
  `generations/catalogue/${generation}/${hash}/`;

/** A metric's rows as a generation holds them. A later generation is the same table at another location. */
export const viewTable = (lakeUri: string, generation: number, metric: MetricDefinition): GlueTable =>
  parquetTable({
    name: tableName(metric),
    location: lakeUri + symlinkFolder(generation, metric.hash),
    columns: [
      column("pane", "bigint"),
      ...metric.by.map(({ name, expression }) => column(`k_${name}`, KEY_TYPES[expression.type])),
      ...metric.measures.map((measure) => column(`m_${measure.name}`, measureType(measure))),
    ],
    projection: { column: "day", format: "yyyy-MM-dd", unit: "DAYS", from: EPOCH_DAY },
    symlinks: true,
  });

/** The lists of files that the tables of a generation's metrics read, as files of the lake. */
export const symlinksOf = (
  lakeUri: string,
  { generation, metrics }: Pick<GenerationManifest, "generation" | "metrics">,
): readonly { readonly path: string; readonly text: string }[] =>
  Object.entries(metrics).flatMap(([hash, { files }]) => {
    const byDay = new Map<string, string[]>();
    for (const { day, path } of files) byDay.set(day, [...(byDay.get(day) ?? []), `${lakeUri}${path}\n`]);
    return [...byDay].map(([day, lines]) => ({
      path: `${symlinkFolder(generation, hash)}day=${day}/files`,
      text: lines.join(""),
    }));
  });
