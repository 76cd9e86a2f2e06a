import type { AppDocument } from "@freshet/model";
import { text } from "../sql/text.js";
import { VIEW_DIALECTS, type ViewEngine } from "./dialects.js";
import { eventViewSql } from "./eventView.js";
import type { GlueTable } from "./glueTable.js";
import { metricViewSql } from "./metricView.js";
import { STANDING_FOLDER } from "./standingFile.js";
import {
  lakeTables,
  RAW_FILES_TABLE,
  RAW_TABLE,
  rowsTable,
  rowsTableName,
  STANDING_TABLE,
  viewName,
} from "./tables.js";

export interface CatalogueOptions {
  readonly app: AppDocument;
  /** The lake's root as the engine reaches it, with `/` at its end. */
  readonly lakeUri: string;
  readonly engine: ViewEngine;
  /** What Redshift calls the catalogue's database: an external schema. */
  readonly schema: string;
}

/** All tables of a lake and an app, as Glue is told of them. */
export const catalogueTables = ({
  app,
  lakeUri,
}: Pick<CatalogueOptions, "app" | "lakeUri">): readonly GlueTable[] => [
  ...lakeTables(lakeUri),
  ...app.metrics.map((metric) => rowsTable(lakeUri, metric)),
];

const hiveName = (identifier: string): string => `\`${identifier}\``;

const escaped = (value: string): string =>
  value.replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll("\t", "\\t");

const hiveProperties = (properties: Readonly<Record<string, string>>): string =>
  `(${Object.entries(properties)
    .map(([key, value]) => `'${key}' = '${escaped(value)}'`)
    .join(", ")})`;

/** CREATE TABLE of Hive and Athena, of the same table. */
export const hiveTableSql = ({ Name, Parameters, PartitionKeys, StorageDescriptor }: GlueTable): string => {
  const { Columns, Location, InputFormat, OutputFormat, SerdeInfo } = StorageDescriptor;
  const list = (columns: GlueTable["PartitionKeys"]): string =>
    `(${columns.map((column) => `${hiveName(column.Name)} ${column.Type}`).join(", ")})`;
  return `CREATE EXTERNAL TABLE IF NOT EXISTS ${hiveName(Name)} ${list(Columns)}
${PartitionKeys.length > 0 ? `PARTITIONED BY ${list(PartitionKeys)}\n` : ""}ROW FORMAT SERDE '${SerdeInfo.SerializationLibrary}'
WITH SERDEPROPERTIES ${hiveProperties(SerdeInfo.Parameters)}
STORED AS INPUTFORMAT '${InputFormat}' OUTPUTFORMAT '${OutputFormat}'
LOCATION '${Location}'
TBLPROPERTIES ${hiveProperties(Parameters)}`;
};

const duckDbTables = ({ app, lakeUri }: CatalogueOptions): readonly string[] => {
  const view = (table: string, select: string): string => `CREATE OR REPLACE VIEW "${table}" AS ${select}`;
  const files = (below: string, options: string): string =>
    `SELECT * FROM read_parquet(${text(`${lakeUri}${below}`)}, ${options})`;
  return [
    view(RAW_TABLE, files("raw/*/*.parquet", "hive_partitioning = true, hive_types = {'hour': VARCHAR}")),
    view(
      STANDING_TABLE,
      `SELECT * FROM read_csv(${text(`${lakeUri}${STANDING_FOLDER}*.tsv`)}, delim = '\t', nullstr = '\\N', header = false, ` +
        "columns = {revision: 'BIGINT', generation: 'BIGINT', metric: 'VARCHAR', day: 'VARCHAR', path: 'VARCHAR'})",
    ),
    ...app.metrics.map((metric) =>
      view(
        rowsTableName(metric),
        files(`generations/data/${metric.hash}/**/*.parquet`, "filename = true, hive_partitioning = false"),
      ),
    ),
  ];
};

const tablesOf = (options: CatalogueOptions): readonly string[] => {
  switch (options.engine) {
    case "athena":
      return catalogueTables(options).map(hiveTableSql);
    case "duckdb":
      return duckDbTables(options);
    // both read the tables that Glue has
    case "redshift":
    case "spark":
      return [];
  }
};

/**
 * What an engine is told once, in order: its tables, where it keeps them itself, then a view `event_…` of each event type and a view
 * `metric_…` of each metric. They hold for every later generation, and are told again when the app's definitions change.
 */
export const catalogueStatements = (options: CatalogueOptions): readonly string[] => {
  const { app, engine, lakeUri, schema } = options;
  const dialect = VIEW_DIALECTS[engine];
  const redshift = engine === "redshift";
  const table = (identifier: string): string =>
    (redshift ? `${dialect.quoted(schema)}.` : "") + dialect.quoted(identifier);
  const view = (identifier: string, select: string): string =>
    `CREATE OR REPLACE VIEW ${dialect.quoted(identifier)} AS\n${select}${redshift ? "\nWITH NO SCHEMA BINDING" : ""}`;
  const raw = table(redshift ? RAW_FILES_TABLE : RAW_TABLE);
  return [
    ...tablesOf(options),
    ...app.events.map((event) => view(`event_${viewName(event.name)}`, eventViewSql(event, dialect, raw))),
    ...app.metrics.map((metric) =>
      view(
        `metric_${viewName(metric.name)}`,
        metricViewSql(metric, dialect, lakeUri, {
          rows: table(rowsTableName(metric)),
          standing: table(STANDING_TABLE),
        }),
      ),
    ),
  ];
};
