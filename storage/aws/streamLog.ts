import { randomInt } from "node:crypto";
import { systemClock } from "@freshet/kinesis-consumer";
import { openKinesisLog } from "../log/kinesis/openKinesisLog.js";
import type { LogCreation } from "../log/identity.js";
import type { ShardAdmin, ShardLog } from "../log/port.js";
import type { Records } from "../records/port.js";
import { kinesisClient } from "./clients.js";
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
  const { stream, pollMs } = config.log;
  try {
    return await openKinesisLog({
      ...options,
      client,
      stream,
      clock: systemClock(),
      random: () => randomInt(RANDOM_STEPS) / RANDOM_STEPS,
      ...(pollMs !== undefined && { pace: { idlePollMs: pollMs, busyPollMs: Math.min(pollMs, 250) } }),
    });
  } catch (error) {
    client.destroy();
    throw error;
  }
};
