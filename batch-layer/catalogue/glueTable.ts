/** A column as Hive names its type. */
export interface GlueColumn {
  readonly Name: string;
  readonly Type: string;
}

/** `TableInput` of Glue's API (CreateTable, UpdateTable), of what a table over Parquet needs. */
export interface GlueTable {
  readonly Name: string;
  readonly TableType: "EXTERNAL_TABLE";
  readonly Parameters: Readonly<Record<string, string>>;
  readonly PartitionKeys: readonly GlueColumn[];
  readonly StorageDescriptor: {
    readonly Location: string;
    readonly Columns: readonly GlueColumn[];
    readonly InputFormat: string;
    readonly OutputFormat: string;
    readonly SerdeInfo: { readonly SerializationLibrary: string };
  };
}

const PARQUET_INPUT = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat";
/** A partition is a text file that lists its files: a generation shares most of them with its parent. */
const SYMLINK_INPUT = "org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat";
const PARQUET_OUTPUT = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat";
const SYMLINK_OUTPUT = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat";
const PARQUET_SERDE = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe";

/** How engines find partitions without a catalogue of them. */
export interface Projection {
  readonly column: string;
  /** As Java writes dates. */
  readonly format: string;
  readonly unit: "HOURS" | "DAYS";
  readonly from: string;
}

const projected = (location: string, { column, format, unit, from }: Projection): Record<string, string> => ({
  "projection.enabled": "true",
  [`projection.${column}.type`]: "date",
  [`projection.${column}.format`]: format,
  [`projection.${column}.interval`]: "1",
  [`projection.${column}.interval.unit`]: unit,
  [`projection.${column}.range`]: `${from},NOW+1${unit}`,
  "storage.location.template": `${location}${column}=\${${column}}/`,
});

/** A table over Parquet below `location`, which ends with `/`. */
export const parquetTable = (table: {
  readonly name: string;
  readonly location: string;
  readonly columns: readonly GlueColumn[];
  readonly projection: Projection;
  readonly symlinks: boolean;
}): GlueTable => ({
  Name: table.name,
  TableType: "EXTERNAL_TABLE",
  Parameters: { classification: "parquet", EXTERNAL: "TRUE", ...projected(table.location, table.projection) },
  PartitionKeys: [{ Name: table.projection.column, Type: "string" }],
  StorageDescriptor: {
    Location: table.location,
    Columns: table.columns,
    InputFormat: table.symlinks ? SYMLINK_INPUT : PARQUET_INPUT,
    OutputFormat: table.symlinks ? SYMLINK_OUTPUT : PARQUET_OUTPUT,
    SerdeInfo: { SerializationLibrary: PARQUET_SERDE },
  },
});
