import type { FileFormat, GlueColumn } from "./glueTable.js";

type SparkType =
  | string
  | { readonly type: "array"; readonly elementType: SparkType; readonly containsNull: true }
  | { readonly type: "struct"; readonly fields: readonly SparkField[] };

interface SparkField {
  readonly name: string;
  readonly type: SparkType;
  readonly nullable: true;
  readonly metadata: Readonly<Record<string, never>>;
}

const field = (name: string, type: SparkType): SparkField => ({ name, type, nullable: true, metadata: {} });
const listOf = (elementType: SparkType): SparkType => ({ type: "array", elementType, containsNull: true });

/** Hive's types that tables of ours have, as `StructType.json` writes them. */
const TYPES: Readonly<Record<string, SparkType>> = {
  string: "string",
  int: "integer",
  bigint: "long",
  double: "double",
  boolean: "boolean",
  "decimal(38,0)": "decimal(38,0)",
  "array<bigint>": listOf("long"),
  "array<struct<bin:int,n:bigint>>": listOf({
    type: "struct",
    fields: [field("bin", "integer"), field("n", "long")],
  }),
};

const fieldOf = ({ Name, Type }: GlueColumn): SparkField => {
  const type = TYPES[Type];
  if (type === undefined) throw new Error(`column ${Name}: Spark's name of the type ${Type} is not known`);
  return field(Name, type);
};

/**
 * What makes Spark read a table of Hive's catalogue by its own readers (HiveExternalCatalog): it then finds partitions by the names
 * of folders, as projections have it, since nobody says that the catalogue knows them (`spark.sql.partitionProvider`).
 */
export const sparkProperties = (
  format: FileFormat,
  columns: readonly GlueColumn[],
  partitions: readonly GlueColumn[],
): Readonly<Record<string, string>> => ({
  "spark.sql.sources.provider": format,
  "spark.sql.sources.schema": JSON.stringify({
    type: "struct",
    fields: [...columns, ...partitions].map(fieldOf),
  }),
  ...(partitions.length === 0
    ? {}
    : {
        "spark.sql.sources.schema.numPartCols": String(partitions.length),
        ...Object.fromEntries(
          partitions.map(({ Name }, index) => [`spark.sql.sources.schema.partCol.${index}`, Name]),
        ),
      }),
});
