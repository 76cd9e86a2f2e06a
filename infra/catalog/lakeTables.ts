import { CfnResource, type Stack } from "aws-cdk-lib";
import type { CfnDatabase } from "aws-cdk-lib/aws-glue";
import { type GlueTable, lakeTables, rowsTable } from "@freshet/batch-layer";
import type { MetricDefinition } from "@freshet/model";

/** Ids are part of the contract: `raw` is RawTable. */
const idOf = ({ Name }: GlueTable): string =>
  `${Name.split("_")
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join("")}Table`;

/**
 * The raw events, which files stand, and the rows of an app's metrics, as tables; which hours and files there are follows from their
 * names, so that no crawler has to find them.
 *
 * @param lake `s3://BUCKET/PREFIX/`
 */
export const catalogLake = (
  stack: Stack,
  database: CfnDatabase,
  lake: string,
  metrics: readonly MetricDefinition[],
): void => {
  for (const table of [...lakeTables(lake), ...metrics.map((metric) => rowsTable(lake, metric))])
    new CfnResource(stack, idOf(table), {
      type: "AWS::Glue::Table",
      properties: { CatalogId: stack.account, DatabaseName: database.ref, TableInput: table },
    });
};
