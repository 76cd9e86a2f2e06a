import { createHash } from "node:crypto";
import {
  CreateStreamCommand,
  DescribeStreamConsumerCommand,
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  type GetRecordsCommandOutput,
  GetShardIteratorCommand,
  type GetShardIteratorCommandInput,
  type KinesisClient,
  ListShardsCommand,
  PutRecordsCommand,
  RegisterStreamConsumerCommand,
  type Shard,
  SubscribeToShardCommand,
} from "@aws-sdk/client-kinesis";

const POLL_MS = 10;
const ACTIVE_POLLS_MAX = 3_000;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

export const textsOf = ({ Records }: Pick<GetRecordsCommandOutput, "Records">): readonly string[] =>
  (Records ?? []).map(({ Data }) => new TextDecoder().decode(Data));
export const rangeOf = ({ HashKeyRange: range }: Pick<Shard, "HashKeyRange">): readonly [bigint, bigint] => [
  BigInt(range?.StartingHashKey ?? -1),
  BigInt(range?.EndingHashKey ?? -1),
];
export const hashOf = (key: string): bigint => BigInt(`0x${createHash("md5").update(key).digest("hex")}`);
export const isOpen = (shard: Shard): boolean =>
  shard.SequenceNumberRange?.EndingSequenceNumber === undefined;

/** What a test does with streams of a server that keeps real time. */
export const stepsWith = (client: KinesisClient) => {
  let made = 0;
  const untilActive = async (StreamName: string): Promise<string> => {
    for (let poll = 0; poll < ACTIVE_POLLS_MAX; poll++) {
      const { StreamDescriptionSummary: summary } = await client.send(
        new DescribeStreamSummaryCommand({ StreamName }),
      );
      if (summary?.StreamStatus === "ACTIVE") return summary.StreamARN ?? "";
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    throw new Error(`${StreamName} did not become ACTIVE`);
  };
  const aStream = async (
    ShardCount: number,
  ): Promise<{ readonly StreamName: string; readonly arn: string }> => {
    const StreamName = `contract-${made++}`;
    await client.send(new CreateStreamCommand({ StreamName, ShardCount }));
    return { StreamName, arn: await untilActive(StreamName) };
  };
  const shards = async (StreamName: string): Promise<readonly Shard[]> =>
    (await client.send(new ListShardsCommand({ StreamName }))).Shards ?? [];
  const put = async (StreamName: string, keys: readonly string[]) => {
    const { Records } = await client.send(
      new PutRecordsCommand({
        StreamName,
        Records: keys.map((key, index) => ({ PartitionKey: key, Data: bytes(`${key} ${index}`) })),
      }),
    );
    return Records ?? [];
  };
  const iterator = async (input: GetShardIteratorCommandInput): Promise<string | undefined> =>
    (await client.send(new GetShardIteratorCommand(input))).ShardIterator;
  const read = async (input: GetShardIteratorCommandInput): Promise<GetRecordsCommandOutput> =>
    client.send(new GetRecordsCommand({ ShardIterator: await iterator(input) }));
  const readToEnd = async (StreamName: string, ShardId: string) => {
    const texts: string[] = [];
    let ShardIterator = await iterator({ StreamName, ShardId, ShardIteratorType: "TRIM_HORIZON" });
    for (let turn = 0; turn < 10; turn++) {
      const got = await client.send(new GetRecordsCommand({ ShardIterator }));
      texts.push(...textsOf(got));
      ShardIterator = got.NextShardIterator;
      if (ShardIterator === undefined) return { texts, end: got };
    }
    throw new Error(`${ShardId} did not end`);
  };

  const aConsumer = async (StreamARN: string): Promise<string> => {
    await client.send(new RegisterStreamConsumerCommand({ StreamARN, ConsumerName: "reader" }));
    for (let poll = 0; poll < ACTIVE_POLLS_MAX; poll++) {
      const { ConsumerDescription: found } = await client.send(
        new DescribeStreamConsumerCommand({ StreamARN, ConsumerName: "reader" }),
      );
      if (found?.ConsumerStatus === "ACTIVE") return found.ConsumerARN ?? "";
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    throw new Error("the consumer did not become ACTIVE");
  };

  /** The texts of the first `count` records, and the last event looked at. */
  const subscribe = async (ConsumerARN: string, count: number, isLast?: (event: object) => boolean) => {
    const controller = new AbortController();
    const { EventStream } = await client.send(
      new SubscribeToShardCommand({
        ConsumerARN,
        ShardId: "shardId-000000000000",
        StartingPosition: { Type: "TRIM_HORIZON" },
      }),
      { abortSignal: controller.signal },
    );
    const texts: string[] = [];
    let last: object = {};
    for await (const { SubscribeToShardEvent: event } of EventStream ?? []) {
      if (!event) continue;
      texts.push(...textsOf(event));
      last = event;
      if (isLast ? isLast(event) : texts.length >= count) break;
    }
    controller.abort();
    return { texts, last };
  };
  return { untilActive, aStream, shards, put, iterator, read, readToEnd, aConsumer, subscribe };
};
