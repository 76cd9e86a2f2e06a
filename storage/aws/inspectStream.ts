import type { StreamFacts } from "../log/kinesis/describeStream.js";
import type { AwsLogConfig, AwsStoreConfig } from "./config.js";

/** What Kinesis says of the stream. @throws StorageError */
export const inspectStream = async (
  config: AwsStoreConfig & { readonly log: AwsLogConfig },
): Promise<StreamFacts> => {
  const { kinesisClient } = await import("./clients.js");
  const { describeStream } = await import("../log/kinesis/describeStream.js");
  const client = kinesisClient(config);
  try {
    return await describeStream(client, config.log.stream);
  } finally {
    client.destroy();
  }
};
