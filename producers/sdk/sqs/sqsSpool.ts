import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import type { Spool, SpooledSegment } from "../node/spool.js";
import { bodiesOf, entriesOfBody } from "./message.js";

export interface SqsSpoolOptions {
  readonly client: SQSClient;
  /** A standard queue for this purpose alone; processes may share it. */
  readonly queueUrl: string;
  /** What was received and not removed is given to somebody again after so long. */
  readonly visibilityMs?: number;
}

const VISIBILITY_MS = 300_000;
const LOOK_AGAIN_AFTER_MS = 20_000;
/** At once, of one ReceiveMessage or DeleteMessageBatch. */
const MESSAGES_MAX = 10;
/** Long enough that SQS asks all of its servers. */
const WAIT_S = 1;
/** Where the queue does not say: what every queue takes. */
const MESSAGE_BYTES_MAX = 256 * 1024;

interface Received {
  readonly receipts: readonly string[];
  readonly entries: readonly Uint8Array[];
}

/** Those that are not ours stay, for whoever put them there; the queue's redrive policy takes them away. */
const receivedOf = (messages: readonly Message[]): Received => {
  const ours = messages.flatMap(({ Body = "", ReceiptHandle }) => {
    const entries = entriesOfBody(Body);
    return entries && ReceiptHandle ? [{ entries, receipt: ReceiptHandle }] : [];
  });
  return { receipts: ours.map(({ receipt }) => receipt), entries: ours.flatMap(({ entries }) => entries) };
};

const numbered = (receipts: readonly string[]) =>
  receipts.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle }));

/**
 * A spool in a queue of SQS: it outlives the machine. An entry that has no room in a message is not taken; order is SQS' own, about
 * first in, first out. The queue's retention (4 days by default, 14 at most) bounds how long the log may be away.
 * @throws the SDK's error where there is no such queue
 */
export const openSqsSpool = async ({
  client,
  queueUrl: QueueUrl,
  visibilityMs = VISIBILITY_MS,
}: SqsSpoolOptions): Promise<Spool> => {
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["MaximumMessageSize"] }),
  );
  const messageBytesMax = Number(Attributes?.MaximumMessageSize ?? MESSAGE_BYTES_MAX);
  let held: Received | null = null;

  const remove = async (received: Received): Promise<void> => {
    if (held !== received) return;
    const { Failed = [] } = await client.send(
      new DeleteMessageBatchCommand({ QueueUrl, Entries: numbered(received.receipts) }),
    );
    if (Failed.length > 0)
      throw new Error(`SQS did not delete ${Failed.length} messages: ${Failed[0]?.Code}`);
    held = null;
  };

  return {
    lookAgainAfterMs: LOOK_AGAIN_AFTER_MS,
    async append(entries) {
      const bodies = bodiesOf(entries, messageBytesMax);
      if (bodies === null) return false;
      await Promise.all(
        bodies.map((MessageBody) => client.send(new SendMessageCommand({ QueueUrl, MessageBody }))),
      );
      return true;
    },
    async oldest(): Promise<SpooledSegment | null> {
      if (held === null) {
        const { Messages = [] } = await client.send(
          new ReceiveMessageCommand({
            QueueUrl,
            MaxNumberOfMessages: MESSAGES_MAX,
            VisibilityTimeout: Math.ceil(visibilityMs / 1_000),
            WaitTimeSeconds: WAIT_S,
          }),
        );
        const received = receivedOf(Messages);
        if (received.receipts.length === 0) return null;
        held = received;
      }
      const received = held;
      return { entries: received.entries, remove: () => remove(received) };
    },
    async close() {
      if (held === null) return;
      const Entries = numbered(held.receipts).map((one) => ({ ...one, VisibilityTimeout: 0 }));
      held = null;
      // Others have them at once then; else when their time is over.
      await client
        .send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }))
        .catch(() => undefined);
    },
  };
};
