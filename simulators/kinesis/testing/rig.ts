import { KinesisClient } from "@aws-sdk/client-kinesis";
import { createVirtualClock } from "../../time/virtualClock.js";
import { createRequestHandler } from "../edges/requestHandler.js";
import { createSimulatedKinesis, type SimulatedKinesisOptions } from "../simulatedKinesis.js";

export const START_MS = Date.parse("2026-11-21T12:00:00Z");

/** A simulated Kinesis in virtual time, and a client of it that does not try again by itself. */
export const aRig = (options: Partial<SimulatedKinesisOptions> = {}) => {
  const clock = createVirtualClock(START_MS);
  const kinesis = createSimulatedKinesis({ seed: 1, clock, ...options });
  const client = new KinesisClient({
    region: "us-east-1",
    credentials: { accessKeyId: "k", secretAccessKey: "s" },
    requestHandler: createRequestHandler(kinesis.service, clock),
    maxAttempts: 1,
  });
  return { clock, kinesis, client, ...stepsOf(kinesis.service) };
};

/** What tests do with a stream named `s`. */
const stepsOf = (service: ReturnType<typeof createSimulatedKinesis>["service"]) => ({
  call: service.call,
  create: (ShardCount: number) => service.call("CreateStream", { StreamName: "s", ShardCount }),
  put: async (records: readonly { readonly key: string; readonly data?: Uint8Array }[]) =>
    (
      await service.call("PutRecords", {
        StreamName: "s",
        Records: records.map(({ key, data = bytesOf(key) }) => ({ PartitionKey: key, Data: data })),
      })
    ).Records ?? [],
  iteratorOf: async (shard: number): Promise<string | undefined> =>
    (
      await service.call("GetShardIterator", {
        StreamName: "s",
        ShardId: shardId(shard),
        ShardIteratorType: "TRIM_HORIZON",
      })
    ).ShardIterator,
  /** A consumer of it, ready. */
  register: async (name: string): Promise<string> => {
    const summary = await service.call("DescribeStreamSummary", { StreamName: "s" });
    const registered = await service.call("RegisterStreamConsumer", {
      StreamARN: summary.StreamDescriptionSummary?.StreamARN,
      ConsumerName: name,
    });
    return registered.Consumer?.ConsumerARN ?? "";
  },
});

export const shardId = (index: number): string => `shardId-${String(index).padStart(12, "0")}`;
export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
export const textOf = (data: Uint8Array | undefined): string => new TextDecoder().decode(data);
