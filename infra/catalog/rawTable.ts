import { type CfnDatabase, CfnTable } from "aws-cdk-lib/aws-glue";
import type { Stack } from "aws-cdk-lib";

const FIRST_HOUR = "2020010100";

/** As the raw lake's Parquet files have them: batch-layer/landing/rawLake.ts. */
export const RAW_COLUMNS = [
  ["log", "string"],
  ["shard", "string"],
  ["sequence", "string"],
  ["subsequence", "int"],
  ["arrival_ms", "bigint"],
  ["kind", "string"],
  ["type", "string"],
  ["id", "string"],
  ["time_ms", "bigint"],
  ["late_ms", "bigint"],
  ["ahead_ms", "bigint"],
  ["body", "string"],
  ["reason", "string"],
  ["revision", "int"],
] as const;

const PARQUET = {
  inputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
  outputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
  serdeInfo: { serializationLibrary: "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe" },
} as const;

/** The raw events as a table; which hours there are follows from their names, so that no crawler has to find them. */
export const catalogRaw = (stack: Stack, database: CfnDatabase, lake: string): CfnTable =>
  new CfnTable(stack, "RawTable", {
    catalogId: stack.account,
    databaseName: database.ref,
    tableInput: {
      name: "raw",
      tableType: "EXTERNAL_TABLE",
      parameters: {
        classification: "parquet",
        "projection.enabled": "true",
        "projection.hour.type": "date",
        "projection.hour.format": "yyyyMMddHH",
        "projection.hour.interval": "1",
        "projection.hour.interval.unit": "HOURS",
        "projection.hour.range": `${FIRST_HOUR},NOW`,
        "storage.location.template": `${lake}raw/hour=\${hour}/`,
      },
      partitionKeys: [{ name: "hour", type: "string" }],
      storageDescriptor: {
        ...PARQUET,
        location: `${lake}raw/`,
        columns: RAW_COLUMNS.map(([name, type]) => ({ name, type })),
      },
    },
  });
