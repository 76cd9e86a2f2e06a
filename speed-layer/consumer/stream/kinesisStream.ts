import {
  GetShardIteratorCommand,
  type KinesisClient,
  ListShardsCommand,
  SubscribeToShardCommand,
} from "@aws-sdk/client-kinesis";
import type { ListedShard } from "../plan/newLeases.js";
import { failureOf } from "./failures.js";
import { getRecords } from "./getRecords.js";
import { filterOf, iteratorOf, positionOf, readEvent, readShard } from "./replies.js";
import type { FanOutEvent, FanOutStream, KinesisStream } from "./stream.js";

const SHARD_PAGES_MAX = 1_000;

/** A stream by its name or its ARN. */
export type StreamAddress = { readonly StreamName: string } | { readonly StreamARN: string };

const inWords = (address: StreamAddress): string =>
  "StreamName" in address ? `the stream ${address.StreamName}` : `the stream ${address.StreamARN}`;

/** Polling by the SDK's client, which should try a request once or twice: the consumer itself tries again. */
export const createKinesisStream = (client: KinesisClient, address: StreamAddress): KinesisStream => {
  const asked = async <T>(what: string, run: () => Promise<T>): Promise<T> => {
    try {
      return await run();
    } catch (error) {
      throw failureOf(`${what} of ${inWords(address)}`, error);
    }
  };
  return {
    listShards: (covering, abortSignal) =>
      asked("listing the shards", async () => {
        const shards: ListedShard[] = [];
        const filter = covering === null ? {} : { ShardFilter: filterOf(covering) };
        let token: string | undefined;
        for (let page = 0; page < SHARD_PAGES_MAX; page++) {
          const from = token === undefined ? { ...address, ...filter } : { NextToken: token };
          const { Shards, NextToken } = await client.send(new ListShardsCommand(from), { abortSignal });
          shards.push(...(Shards ?? []).map(readShard));
          if (NextToken === undefined) return shards;
          token = NextToken;
        }
        throw new RangeError(`more than ${SHARD_PAGES_MAX} pages`);
      }),
    iterator: (shard, from, abortSignal) =>
      asked(`finding the place in ${shard}`, async () => {
        const command = new GetShardIteratorCommand({ ...address, ShardId: shard, ...iteratorOf(from) });
        const { ShardIterator } = await client.send(command, { abortSignal });
        if (ShardIterator === undefined) throw new RangeError("the answer has no iterator");
        return ShardIterator;
      }),
    read: (ShardIterator, Limit, abortSignal) =>
      asked("reading", () => getRecords(client, { ShardIterator, Limit }, abortSignal)),
  };
};

/** Enhanced fan-out for a registered consumer. The client's handler must speak HTTP/2 to AWS, as the SDK's own does. */
export const createFanOutStream = (client: KinesisClient, consumerArn: string): FanOutStream => ({
  subscribe: async (shard, from, abortSignal) => {
    const what = `the subscription of ${consumerArn} to ${shard}`;
    try {
      const command = new SubscribeToShardCommand({
        ConsumerARN: consumerArn,
        ShardId: shard,
        StartingPosition: positionOf(from),
      });
      const { EventStream } = await client.send(command, { abortSignal });
      if (!EventStream) throw new RangeError("the answer has no events");
      return eventsOf(what, EventStream);
    } catch (error) {
      throw failureOf(what, error);
    }
  },
});

async function* eventsOf(
  what: string,
  stream: AsyncIterable<{ readonly SubscribeToShardEvent?: Parameters<typeof readEvent>[0] | undefined }>,
): AsyncIterable<FanOutEvent> {
  try {
    for await (const { SubscribeToShardEvent: event } of stream) if (event) yield readEvent(event);
  } catch (error) {
    throw failureOf(what, error);
  }
}
