import type { AwsLogConfig, AwsStoreConfig } from "./config.js";

const READY_WITHIN_S = 120;

/** Makes the log's stream, and waits until it takes records; a stream of that name is left as it is. @throws StorageError */
export const makeStream = async (
  config: AwsStoreConfig & { readonly log: AwsLogConfig },
  shards: number,
): Promise<"made" | "standing"> => {
  const { CreateStreamCommand, ResourceInUseException, waitUntilStreamExists } = await import(
    "@aws-sdk/client-kinesis"
  );
  const { kinesisClient } = await import("./clients.js");
  const { attemptAws } = await import("./awsError.js");
  const { stream } = config.log;
  const client = kinesisClient(config);
  try {
    return await attemptAws(`making the stream ${stream}`, async () => {
      try {
        await client.send(new CreateStreamCommand({ StreamName: stream, ShardCount: shards }));
      } catch (error) {
        if (error instanceof ResourceInUseException) return "standing";
        throw error;
      }
      await waitUntilStreamExists(
        { client, maxWaitTime: READY_WITHIN_S, minDelay: 1 },
        { StreamName: stream },
      );
      return "made";
    });
  } finally {
    client.destroy();
  }
};
