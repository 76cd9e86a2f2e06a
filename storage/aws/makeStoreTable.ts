import type { AwsStoreConfig } from "./config.js";

/** Seconds; a new table is usually ready in ten. */
const READY_WITHIN_S = 120;

/** Makes the table where there is none: for local servers and trials; in production the infrastructure makes it. */
export const makeStoreTable = async (config: AwsStoreConfig): Promise<"made" | "standing"> => {
  const { CreateTableCommand, ResourceInUseException, UpdateTimeToLiveCommand, waitUntilTableExists } =
    await import("@aws-sdk/client-dynamodb");
  const { attemptAws } = await import("./awsError.js");
  const { dynamoClient } = await import("./clients.js");
  const { storeTable, storeTableExpiry } = await import("./table/definition.js");
  const name = config.dynamo.table;
  const client = dynamoClient(config);
  try {
    return await attemptAws(`making the table ${name}`, async () => {
      try {
        await client.send(new CreateTableCommand(storeTable(name)));
      } catch (error) {
        if (error instanceof ResourceInUseException) return "standing";
        throw error;
      }
      await waitUntilTableExists({ client, maxWaitTime: READY_WITHIN_S, minDelay: 1 }, { TableName: name });
      await client.send(new UpdateTimeToLiveCommand(storeTableExpiry(name)));
      return "made";
    });
  } finally {
    client.destroy();
  }
};
