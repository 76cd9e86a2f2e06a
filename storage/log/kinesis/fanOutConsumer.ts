import {
  DescribeStreamConsumerCommand,
  DescribeStreamSummaryCommand,
  type KinesisClient,
  RegisterStreamConsumerCommand,
  ResourceInUseException,
  ResourceNotFoundException,
} from "@aws-sdk/client-kinesis";
import { setTimeout as sleep } from "node:timers/promises";
import { attemptAws } from "../../aws/awsError.js";
import { StorageError } from "../../errors.js";

const ACTIVE_WITHIN_MS = 120_000;
const LOOK_AFTER_MS = 100;
const LOOK_AFTER_MS_MAX = 2_000;

interface Found {
  readonly arn: string;
  readonly status: string;
}

const find = async (client: KinesisClient, stream: string, name: string): Promise<Found | null> => {
  try {
    const command = new DescribeStreamConsumerCommand({ StreamARN: stream, ConsumerName: name });
    const { ConsumerDescription: found } = await client.send(command);
    return found ? { arn: found.ConsumerARN ?? "", status: found.ConsumerStatus ?? "" } : null;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return null;
    throw error;
  }
};

const register = async (client: KinesisClient, stream: string, name: string): Promise<void> => {
  try {
    await client.send(new RegisterStreamConsumerCommand({ StreamARN: stream, ConsumerName: name }));
  } catch (error) {
    // another process was first
    if (!(error instanceof ResourceInUseException)) throw error;
  }
};

/**
 * The ARN of the stream's consumer of that name, which is registered where there is none, once it may subscribe. It stays: AWS
 * charges for it by the hour and shard until somebody deregisters it.
 * @throws StorageError
 */
export const registerFanOutConsumer = (
  client: KinesisClient,
  streamName: string,
  name: string,
): Promise<string> =>
  attemptAws(`registering the consumer ${name} of the stream ${streamName}`, async () => {
    const { StreamDescriptionSummary } = await client.send(
      new DescribeStreamSummaryCommand({ StreamName: streamName }),
    );
    const stream = StreamDescriptionSummary?.StreamARN ?? "";
    let afterMs = LOOK_AFTER_MS;
    for (let waitedMs = 0; waitedMs < ACTIVE_WITHIN_MS; waitedMs += afterMs) {
      const found = await find(client, stream, name);
      if (found?.status === "ACTIVE") return found.arn;
      if (!found) await register(client, stream, name);
      await sleep(afterMs);
      afterMs = Math.min(LOOK_AFTER_MS_MAX, afterMs * 2);
    }
    throw new StorageError(
      "unavailable",
      `the consumer ${name} of the stream ${streamName} was not ACTIVE within ${ACTIVE_WITHIN_MS / 1000} s`,
    );
  });
