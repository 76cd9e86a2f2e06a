import { createHash, randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** One queue of SQS in memory, by AWS JSON 1.0 on 127.0.0.1: the operations that the spool uses, with visibility and receipts. */
export interface SqsDouble {
  readonly endpoint: string;
  readonly queueUrl: string;
  /** What it refuses to do from now on, by operation: an answer of 503. */
  readonly down: Set<string>;
  readonly counts: Record<string, number>;
  /** Messages that are not deleted. */
  readonly size: number;
  put(body: string): void;
  close(): Promise<void>;
}

export interface SqsDoubleOptions {
  readonly now?: () => number;
  readonly messageBytesMax?: number;
  /** Of its redrive policy: `maxReceiveCount`; none where absent. */
  readonly redrives?: number;
}

interface Stored {
  readonly id: string;
  readonly body: string;
  visibleMs: number;
  receipt: string;
}

interface Input {
  readonly QueueUrl?: string;
  readonly MessageBody?: string;
  readonly MaxNumberOfMessages?: number;
  readonly VisibilityTimeout?: number;
  readonly Entries?: readonly {
    readonly Id: string;
    readonly ReceiptHandle: string;
    readonly VisibilityTimeout?: number;
  }[];
}

const ACCOUNT = "123456789012";
const QUEUE = "spool";
/** SQS' default: 4 days. */
const RETENTION_S = 345_600;
/** One receive gives a few of what is there, as a distributed queue does. */
const GIVEN_MAX = 3;

const md5 = (text: string): string => createHash("md5").update(text).digest("hex");

const inputOf = async (request: IncomingMessage): Promise<Input> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString() || "{}") as Input;
};

class Refusal extends Error {
  constructor(
    readonly code: string,
    readonly status = 400,
  ) {
    super(code);
  }
}

export const startSqsDouble = async ({
  now = Date.now,
  messageBytesMax = 1024 * 1024,
  redrives,
}: SqsDoubleOptions = {}): Promise<SqsDouble> => {
  let messages: Stored[] = [];
  const down = new Set<string>();
  const counts: Record<string, number> = {};
  const put = (body: string): Stored => {
    const stored = { id: randomUUID(), body, visibleMs: 0, receipt: "" };
    messages.push(stored);
    return stored;
  };
  const receive = ({ MaxNumberOfMessages = 1, VisibilityTimeout = 30 }: Input): object => {
    const given = messages
      .filter(({ visibleMs }) => visibleMs <= now())
      .slice(0, Math.min(MaxNumberOfMessages, GIVEN_MAX));
    for (const one of given) {
      one.visibleMs = now() + VisibilityTimeout * 1_000;
      one.receipt = randomUUID();
    }
    return {
      Messages: given.map(({ id, body, receipt }) => ({
        MessageId: id,
        ReceiptHandle: receipt,
        Body: body,
        MD5OfBody: md5(body),
      })),
    };
  };
  const answer = (operation: string, input: Input): object => {
    const { Entries = [], MessageBody = "" } = input;
    switch (operation) {
      case "GetQueueAttributes":
        return {
          Attributes: {
            MaximumMessageSize: String(messageBytesMax),
            MessageRetentionPeriod: String(RETENTION_S),
            ApproximateNumberOfMessages: String(messages.length),
            ...(redrives !== undefined && {
              RedrivePolicy: JSON.stringify({ maxReceiveCount: redrives, deadLetterTargetArn: "arn" }),
            }),
          },
        };
      case "SendMessage": {
        if (Buffer.byteLength(MessageBody) > messageBytesMax)
          throw new Refusal("com.amazonaws.sqs#InvalidParameterValue");
        return { MessageId: put(MessageBody).id, MD5OfMessageBody: md5(MessageBody) };
      }
      case "ReceiveMessage":
        return receive(input);
      case "DeleteMessageBatch": {
        const receipts = new Set(Entries.map(({ ReceiptHandle }) => ReceiptHandle));
        messages = messages.filter(({ receipt }) => receipt === "" || !receipts.has(receipt));
        return { Successful: Entries.map(({ Id }) => ({ Id })), Failed: [] };
      }
      case "ChangeMessageVisibilityBatch": {
        for (const { ReceiptHandle, VisibilityTimeout = 0 } of Entries)
          for (const one of messages)
            if (one.receipt === ReceiptHandle) one.visibleMs = now() + VisibilityTimeout * 1_000;
        return { Successful: Entries.map(({ Id }) => ({ Id })), Failed: [] };
      }
      default:
        throw new Refusal("com.amazonaws.sqs#UnsupportedOperation");
    }
  };
  const server = createServer((request, response) => {
    const [, operation = ""] = String(request.headers["x-amz-target"]).split(".");
    counts[operation] = (counts[operation] ?? 0) + 1;
    inputOf(request)
      .then((input) => {
        if (down.has(operation)) throw new Refusal("com.amazonaws.sqs#ServiceUnavailable", 503);
        if (!input.QueueUrl?.endsWith(`/${ACCOUNT}/${QUEUE}`))
          throw new Refusal("com.amazonaws.sqs#QueueDoesNotExist");
        return { status: 200, body: answer(operation, input) };
      })
      .catch((error: unknown) => {
        if (!(error instanceof Refusal)) throw error;
        return { status: error.status, body: { __type: error.code, message: error.code } };
      })
      .then(
        ({ status, body }) => {
          response.writeHead(status, { "content-type": "application/x-amz-json-1.0" });
          response.end(JSON.stringify(body));
        },
        () => request.socket.destroy(),
      );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    endpoint,
    queueUrl: `${endpoint}/${ACCOUNT}/${QUEUE}`,
    down,
    counts,
    get size() {
      return messages.length;
    },
    put,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
};
