import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  ResourceInUseException,
  ResourceNotFoundException,
  type TableDescription,
  ScanCommand,
} from "@aws-sdk/client-dynamodb";
import { type Clock, pause } from "../clock.js";
import type { LeaseStore } from "../lease/store.js";
import { ATTRIBUTE, type Item, isLeaseItem } from "./item.js";
import { refusalOf } from "./leaseKeys.js";
import { createLeaseTable, type LeaseTableOptions } from "./leaseTable.js";

const ACTIVE_AFTER_MS = 500;
const ACTIVE_LOOKS_MAX = 240;

/** A table that cannot be worked with; says what to do. */
export class LeaseTableError extends Error {
  override readonly name = "LeaseTableError";
}

/** As the KCL makes it, its index included: without it the KCL 3 would not start on the table. */
export const leaseTableDefinition = (tableName: string): CreateTableCommandInput => ({
  TableName: tableName,
  BillingMode: "PAY_PER_REQUEST",
  AttributeDefinitions: [
    { AttributeName: ATTRIBUTE.key, AttributeType: "S" },
    { AttributeName: ATTRIBUTE.owner, AttributeType: "S" },
  ],
  KeySchema: [{ AttributeName: ATTRIBUTE.key, KeyType: "HASH" }],
  GlobalSecondaryIndexes: [
    {
      IndexName: "LeaseOwnerToLeaseKeyIndex",
      KeySchema: [
        { AttributeName: ATTRIBUTE.owner, KeyType: "HASH" },
        { AttributeName: ATTRIBUTE.key, KeyType: "RANGE" },
      ],
      Projection: { ProjectionType: "KEYS_ONLY" },
    },
  ],
});

export interface OpenLeaseTableOptions extends LeaseTableOptions {
  readonly clock: Clock;
  /** Whether a table that is not there is made. */
  readonly creates: boolean;
}

/** Opens the lease table, or makes it. @throws LeaseTableError where it is missing, no lease table, or keyed otherwise; what DynamoDB throws. */
export const openLeaseTable = async (options: OpenLeaseTableOptions): Promise<LeaseStore> => {
  const { client, tableName, clock, creates, keys } = options;

  const describe = async (): Promise<TableDescription | null> => {
    try {
      return (await client.send(new DescribeTableCommand({ TableName: tableName }))).Table ?? null;
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return null;
      throw error;
    }
  };

  const create = async (): Promise<void> => {
    try {
      await client.send(new CreateTableCommand(leaseTableDefinition(tableName)));
    } catch (error) {
      // Another worker was quicker.
      if (!(error instanceof ResourceInUseException)) throw error;
    }
  };

  let table = await describe();
  if (!table && !creates) {
    throw new LeaseTableError(`there is no table ${tableName}: make it, or let the consumer make it`);
  }
  if (!table) await create();
  for (let looks = 0; table?.TableStatus !== "ACTIVE" && table?.TableStatus !== "UPDATING"; looks++) {
    if (looks === ACTIVE_LOOKS_MAX)
      throw new LeaseTableError(`the table ${tableName} does not become active`);
    await pause(clock, ACTIVE_AFTER_MS);
    table = await describe();
  }
  const [key, ...more] = table.KeySchema ?? [];
  const keyType = table.AttributeDefinitions?.find(({ AttributeName }) => AttributeName === ATTRIBUTE.key);
  if (key?.AttributeName !== ATTRIBUTE.key || more.length > 0 || keyType?.AttributeType !== "S") {
    throw new LeaseTableError(
      `the table ${tableName} is no lease table: its key must be ${ATTRIBUTE.key} alone, a text; give another name`,
    );
  }
  const { Items } = await client.send(new ScanCommand({ TableName: tableName, ConsistentRead: true }));
  const found = ((Items ?? []) as Item[]).filter(isLeaseItem).map((item) => item[ATTRIBUTE.key]?.S ?? "");
  const refusal = refusalOf(found, keys);
  if (refusal !== null)
    throw new LeaseTableError(`the table ${tableName} is not for this application: ${refusal}`);
  return createLeaseTable(options);
};
