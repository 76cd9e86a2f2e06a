import { randomInt } from "node:crypto";
import { systemClock } from "@freshet/kinesis-consumer";
import { openKinesisLog } from "../log/kinesis/openKinesisLog.js";
import type { LogCreation } from "../log/identity.js";
import type { ShardAdmin, ShardLog } from "../log/port.js";
import type { Records } from "../records/port.js";
import { registerFanOutConsumer } from "../log/kinesis/fanOutConsumer.js";
import { fanOutClient, kinesisClient } from "./clients.js";
import type { AwsLogConfig, AwsStoreConfig } from "./config.js";

const RANDOM_STEPS = 2 ** 32;

interface StreamLogOptions {
  readonly records: Records;
  readonly create: LogCreation | undefined;
  readonly expected: Partial<LogCreation>;
  readonly now: () => number;
}

/** The stream that the configuration names, in real time. @throws StorageError */
export const openStreamLog = async (
  config: AwsStoreConfig & { readonly log: AwsLogConfig },
  options: StreamLogOptions,
): Promise<ShardLog & ShardAdmin> => {
  const client = kinesisClient(config);
  const { stream, pollMs, fanOutConsumer } = config.log;
  const subscriber = fanOutConsumer === undefined ? null : fanOutClient(config);
  try {
    const fanOut =
      subscriber === null || fanOutConsumer === undefined
        ? {}
        : {
            fanOut: {
              client: subscriber,
              consumerArn: await registerFanOutConsumer(client, stream, fanOutConsumer),
            },
          };
    return await openKinesisLog({
      ...options,
      ...fanOut,
      client,
      stream,
      clock: systemClock(),
      random: () => randomInt(RANDOM_STEPS) / RANDOM_STEPS,
      ...(pollMs !== undefined && { pace: { idlePollMs: pollMs, busyPollMs: Math.min(pollMs, 250) } }),
    });
  } catch (error) {
    client.destroy();
    subscriber?.destroy();
    throw error;
  }
};
