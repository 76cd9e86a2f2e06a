import { CfnResource, type Stack } from "aws-cdk-lib";
import type { CfnDatabase } from "aws-cdk-lib/aws-glue";
import { rawTable } from "@freshet/batch-layer";

/**
 * The raw events as a table; which hours there are follows from their names, so that no crawler has to find them.
 *
 * @param lake `s3://BUCKET/PREFIX/`
 */
export const catalogRaw = (stack: Stack, database: CfnDatabase, lake: string): CfnResource =>
  new CfnResource(stack, "RawTable", {
    type: "AWS::Glue::Table",
    properties: { CatalogId: stack.account, DatabaseName: database.ref, TableInput: rawTable(lake) },
  });
