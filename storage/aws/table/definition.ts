import type { CreateTableCommandInput, UpdateTimeToLiveCommandInput } from "@aws-sdk/client-dynamodb";

/** Seconds since 1970, where an item has it; DynamoDB deletes what has expired within some days. */
export const EXPIRES = "expires";

/** The one table for segment records, tips, records, leases and dead letters. */
export const storeTable = (name: string): CreateTableCommandInput => ({
  TableName: name,
  BillingMode: "PAY_PER_REQUEST",
  AttributeDefinitions: [
    { AttributeName: "pk", AttributeType: "S" },
    { AttributeName: "sk", AttributeType: "S" },
  ],
  KeySchema: [
    { AttributeName: "pk", KeyType: "HASH" },
    { AttributeName: "sk", KeyType: "RANGE" },
  ],
});

export const storeTableExpiry = (name: string): UpdateTimeToLiveCommandInput => ({
  TableName: name,
  TimeToLiveSpecification: { Enabled: true, AttributeName: EXPIRES },
});
