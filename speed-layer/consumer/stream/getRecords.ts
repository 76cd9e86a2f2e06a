import {
  type ChildShard,
  GetRecordsCommand,
  type GetRecordsInput,
  type KinesisClient,
} from "@aws-sdk/client-kinesis";
import { readReply } from "./replies.js";
import { type Reply, StreamFailure } from "./stream.js";

/** As it travels (AWS JSON 1.1): times in seconds, data in base64. */
interface WireReply {
  readonly Records?: readonly {
    readonly SequenceNumber?: string;
    readonly ApproximateArrivalTimestamp?: number;
    readonly PartitionKey?: string;
    readonly Data?: string;
  }[];
  readonly NextShardIterator?: string;
  readonly ChildShards?: ChildShard[];
  readonly MillisBehindLatest?: number;
}

interface WireResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  body: Uint8Array | AsyncIterable<Uint8Array>;
}

const OK = 200;
const JSON_REPLY = "application/x-amz-json-1.";
const NOTHING = Buffer.from("{}");

const isJsonReply = (response: unknown): response is WireResponse => {
  const { statusCode, headers, body } = response as Partial<WireResponse>;
  return statusCode === OK && body !== undefined && (headers?.["content-type"] ?? "").startsWith(JSON_REPLY);
};

const textOf = async (body: WireResponse["body"]): Promise<string> => {
  if (body instanceof Uint8Array) return Buffer.from(body).toString();
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
};

const parsed = (text: string): WireReply => {
  try {
    return JSON.parse(text) as WireReply;
  } catch (error) {
    throw new StreamFailure("unavailable", "reading Kinesis' answer", error);
  }
};

let turn: Promise<unknown> = Promise.resolve();
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Replies that come together are read one in a turn of the event loop: what is due to others runs in between. */
const inTurn = <T>(read: () => T): Promise<T> => {
  const mine = turn.then(read);
  turn = mine.then(nextTurn, nextTurn);
  return mine;
};

const replyOf = ({ Records = [], ...reply }: WireReply): Reply =>
  readReply({
    ...reply,
    Records: Records.map(({ SequenceNumber, ApproximateArrivalTimestamp: seconds, PartitionKey, Data }) => ({
      SequenceNumber,
      ...(seconds !== undefined && { ApproximateArrivalTimestamp: new Date(Math.round(seconds * 1000)) }),
      Data: Data === undefined ? undefined : Buffer.from(Data, "base64"),
      PartitionKey,
    })),
  });

/**
 * One GetRecords call. The reply is taken from under the SDK, which reads each text of it by a schema and looks at data by a regular
 * expression first: several times as much work as all else that a consumer does with it.
 */
export const getRecords = async (
  client: KinesisClient,
  input: GetRecordsInput,
  abortSignal: AbortSignal,
): Promise<Reply> => {
  const command = new GetRecordsCommand(input);
  let reply: Reply | null = null;
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { response } = result;
      if (isJsonReply(response)) {
        const text = await textOf(response.body);
        reply = await inTurn(() => replyOf(parsed(text)));
        response.body = NOTHING;
      }
      return result;
    },
    { step: "deserialize", priority: "low", name: "readReply" },
  );
  const output = await client.send(command, { abortSignal });
  return reply ?? readReply(output);
};
