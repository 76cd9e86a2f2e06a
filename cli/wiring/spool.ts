import type { SQSClient } from "@aws-sdk/client-sqs";
import { openSpool, type Spool } from "@freshet/sdk/node";
import type { AwsLineConfig, StoreConfig } from "@freshet/storage";
import { EXIT, Failure } from "../output/failure.js";

const reasonOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);

export const sqsClientOf = async ({ region, credentials, endpoints }: AwsLineConfig): Promise<SQSClient> => {
  const { SQSClient } = await import("@aws-sdk/client-sqs");
  return new SQSClient({
    region,
    ...(credentials && { credentials: { ...credentials } }),
    ...(endpoints?.sqs && { endpoint: endpoints.sqs }),
  });
};

const openQueue = async (store: AwsLineConfig, queueUrl: string): Promise<Spool> => {
  const { openSqsSpool } = await import("@freshet/sdk/sqs");
  const client = await sqsClientOf(store);
  try {
    const spool = await openSqsSpool({ client, queueUrl });
    return {
      ...spool,
      async close() {
        await spool.close();
        client.destroy();
      },
    };
  } catch (error) {
    client.destroy();
    throw new Failure(
      `the spool's queue ${queueUrl}: ${reasonOf(error)}; check its URL, and that sqs:GetQueueAttributes, SendMessage, ReceiveMessage, DeleteMessage and ChangeMessageVisibility are allowed`,
      EXIT.refused,
    );
  }
};

/** What the store says that the collector keeps events in which the log does not take; null: nothing. @throws Failure */
export const openSpoolOf = async (store: StoreConfig): Promise<Spool | null> => {
  if (store.kind !== "aws" || !store.spool) return null;
  const { spool } = store;
  switch (spool.kind) {
    case "disk":
      return openSpool({
        directory: spool.dir,
        ...(spool.bytesMax !== undefined && { bytesMax: spool.bytesMax }),
      }).catch((error: unknown) => {
        throw new Failure(reasonOf(error), EXIT.refused);
      });
    case "sqs":
      return openQueue(store, spool.queueUrl);
  }
};
