import { randomUUID } from "node:crypto";
import { CreateQueueCommand, SQSClient } from "@aws-sdk/client-sqs";
import { onTestFinished } from "vitest";
import type { Spool } from "../node/spool.js";
import { openSqsSpool } from "../sqs/sqsSpool.js";

/** A new queue of a server on this machine, and spools in it, for the running test. */
export const makeSqsQueue = async (
  endpoint: string,
  messageBytesMax: number,
): Promise<{ open(visibilityMs?: number): Promise<Spool> }> => {
  const credentials = { accessKeyId: "123456789012", secretAccessKey: "secret" };
  const client = new SQSClient({ region: "us-east-1", endpoint, credentials });
  onTestFinished(() => client.destroy());
  const { QueueUrl = "" } = await client.send(
    new CreateQueueCommand({
      QueueName: `spool-${randomUUID()}`,
      Attributes: { MaximumMessageSize: String(messageBytesMax) },
    }),
  );
  return {
    open: (visibilityMs) =>
      openSqsSpool({ client, queueUrl: QueueUrl, ...(visibilityMs !== undefined && { visibilityMs }) }),
  };
};
