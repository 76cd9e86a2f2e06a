import { KinesisError, type KinesisService } from "@freshet/simulators";
import { failureOf } from "../stream/failures.js";
import { filterOf, iteratorOf, positionOf, readEvent, readReply, readShard } from "../stream/replies.js";
import type { FanOutStream, KinesisStream } from "../stream/stream.js";

/** As the SDK names the errors of Kinesis. */
const asSdkError = (error: unknown): unknown =>
  error instanceof KinesisError ? Object.assign(new Error(error.message), { name: error.code }) : error;

const asked = async <T>(what: string, run: () => Promise<T>): Promise<T> => {
  try {
    return await run();
  } catch (error) {
    throw failureOf(what, asSdkError(error));
  }
};

/** A stream of the simulated Kinesis, without the SDK between: the whole of it in virtual time, and quick. */
export const simulatedStream = (service: KinesisService, StreamName: string): KinesisStream => ({
  listShards: (covering, signal) =>
    asked("listing", async () => {
      const filter = covering === null ? {} : { ShardFilter: filterOf(covering) };
      const { Shards } = await service.call("ListShards", { StreamName, ...filter }, signal);
      return (Shards ?? []).map(readShard);
    }),
  iterator: (ShardId, from, signal) =>
    asked("finding the place", async () => {
      const input = { StreamName, ShardId, ...iteratorOf(from) };
      return (await service.call("GetShardIterator", input, signal)).ShardIterator as string;
    }),
  read: (ShardIterator, Limit, signal) =>
    asked("reading", async () =>
      readReply(await service.call("GetRecords", { ShardIterator, Limit }, signal)),
    ),
});

export const simulatedFanOut = (service: KinesisService, ConsumerARN: string): FanOutStream => ({
  subscribe: (ShardId, from, signal) =>
    asked("subscribing", async () => {
      const input = { ConsumerARN, ShardId, StartingPosition: positionOf(from) };
      const subscription = await service.subscribe(input, signal);
      return {
        [Symbol.asyncIterator]: () => {
          signal.addEventListener("abort", () => subscription.cancel(), { once: true });
          return {
            next: async () => {
              const event = await asked("a subscription", () => subscription.next());
              return event === null
                ? { done: true, value: undefined }
                : { done: false, value: readEvent(event) };
            },
          };
        },
      };
    }),
});
