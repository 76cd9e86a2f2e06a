import { randomUUID } from "node:crypto";
import {
  CreateTableCommand,
  DeleteTableCommand,
  DynamoDBClient,
  type DynamoDBClientConfig,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import { onTestFinished } from "vitest";
import { storeTable } from "../../aws/table/definition.js";
import { createDynamoTable, type DynamoTable } from "../../aws/table/dynamoTable.js";

/** Local servers take any. */
export const TEST_CREDENTIALS = { accessKeyId: "123456789012", secretAccessKey: "secret" } as const;
export const TEST_REGION = "us-east-1";

export interface TestTable {
  readonly client: DynamoDBClient;
  readonly name: string;
  readonly table: DynamoTable;
}

export const makeTestTable = async (client: DynamoDBClient, name: string): Promise<void> => {
  await client.send(new CreateTableCommand(storeTable(name)));
  await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 0.05, maxDelay: 0.5 }, { TableName: name });
};

export const deleteTestTable = async (client: DynamoDBClient, name: string): Promise<void> => {
  await client.send(new DeleteTableCommand({ TableName: name }));
};

/** Of a server on this machine; no retries, so that what goes wrong shows. */
export const serverDynamoClient = (endpoint: string): DynamoDBClient =>
  new DynamoDBClient({ region: TEST_REGION, endpoint, credentials: TEST_CREDENTIALS, maxAttempts: 1 });

/** A table of its own for the running test. */
export const openTestTable = async (
  endpoint: string,
  config: Partial<DynamoDBClientConfig> = {},
): Promise<TestTable> => {
  const client = new DynamoDBClient({
    region: TEST_REGION,
    endpoint,
    credentials: TEST_CREDENTIALS,
    ...config,
  });
  onTestFinished(() => client.destroy());
  const name = `freshet-${randomUUID()}`;
  await makeTestTable(client, name);
  return { client, name, table: createDynamoTable(client, name) };
};
