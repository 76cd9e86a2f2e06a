import { sparkProperties } from "./sparkProperties.js";

/** A column as Hive names its type. */
export interface GlueColumn {
  readonly Name: string;
  readonly Type: string;
}

/** `TableInput` of Glue's API (CreateTable, UpdateTable), of what a table over files needs. */
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
    readonly SerdeInfo: {
      readonly SerializationLibrary: string;
      readonly Parameters: Readonly<Record<string, string>>;
    };
  };
}

/** `csv` is lines of texts between tabs, with `\N` for NULL, as Hive writes them. */
export type FileFormat = "parquet" | "csv";

interface HiveFormat {
  readonly input: string;
  readonly output: string;
  readonly serde: string;
  /** Of Hive, and of Spark's own reader. */
  readonly options: Readonly<Record<string, string>>;
}

const FORMATS: Readonly<Record<FileFormat, HiveFormat>> = {
  parquet: {
    input: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
    output: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
    serde: "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
    options: {},
  },
  csv: {
    input: "org.apache.hadoop.mapred.TextInputFormat",
    output: "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
    serde: "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe",
    options: { "field.delim": "\t", "serialization.null.format": "\\N", sep: "\t", nullValue: "\\N" },
  },
};

/** Hours that Athena finds by their names alone. */
export interface HourProjection {
  readonly column: string;
  /** As Java writes dates. */
  readonly format: string;
  readonly from: string;
}

const projected = (location: string, { column, format, from }: HourProjection): Record<string, string> => ({
  "projection.enabled": "true",
  [`projection.${column}.type`]: "date",
  [`projection.${column}.format`]: format,
  [`projection.${column}.interval`]: "1",
  [`projection.${column}.interval.unit`]: "HOURS",
  [`projection.${column}.range`]: `${from},NOW+1HOURS`,
  "storage.location.template": `${location}${column}=\${${column}}/`,
});

/**
 * A table over all files below `location`, which ends with `/`. Without a projection it has no partitions, and every engine looks
 * into folders of folders.
 */
export const fileTable = (table: {
  readonly name: string;
  readonly format: FileFormat;
  readonly location: string;
  readonly columns: readonly GlueColumn[];
  readonly projection: HourProjection | null;
}): GlueTable => {
  const { name, format, location, columns, projection } = table;
  const { input, output, serde, options } = FORMATS[format];
  const partitions = projection === null ? [] : [{ Name: projection.column, Type: "string" }];
  return {
    Name: name,
    TableType: "EXTERNAL_TABLE",
    Parameters: {
      classification: format,
      EXTERNAL: "TRUE",
      ...(projection === null ? {} : projected(location, projection)),
      ...sparkProperties(format, columns, partitions),
    },
    PartitionKeys: partitions,
    StorageDescriptor: {
      Location: location,
      Columns: columns,
      InputFormat: input,
      OutputFormat: output,
      SerdeInfo: {
        SerializationLibrary: serde,
        Parameters: {
          "serialization.format": "1",
          ...options,
          path: location,
          ...(projection === null ? { recursiveFileLookup: "true" } : {}),
        },
      },
    },
  };
};
