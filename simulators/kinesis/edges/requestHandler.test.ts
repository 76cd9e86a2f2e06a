import {
  CreateStreamCommand,
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  PutRecordsCommand,
  RegisterStreamConsumerCommand,
  ResourceNotFoundException,
  SubscribeToShardCommand,
  type SubscribeToShardEvent,
} from "@aws-sdk/client-kinesis";
import { describe, expect, it } from "vitest";
import { aRig, bytesOf, START_MS } from "../testing/rig.js";

describe("the SDK's client without a socket", () => {
  it("puts and gets the same bytes, with the times of the simulated clock", async () => {
    const { client } = aRig();
    await client.send(new CreateStreamCommand({ StreamName: "s", ShardCount: 1 }));
    const put = await client.send(
      new PutRecordsCommand({
        StreamName: "s",
        Records: [
          { Data: bytesOf("one"), PartitionKey: "a" },
          { Data: new Uint8Array([0, 255, 128]), PartitionKey: "ключ" },
        ],
      }),
    );
    expect(put.FailedRecordCount).toBe(0);
    const { ShardIterator } = await client.send(
      new GetShardIteratorCommand({
        StreamName: "s",
        ShardId: "shardId-000000000000",
        ShardIteratorType: "TRIM_HORIZON",
      }),
    );
    const got = await client.send(new GetRecordsCommand({ ShardIterator }));
    expect(got.Records?.map(({ Data, PartitionKey }) => [[...(Data ?? [])], PartitionKey])).toEqual([
      [[...bytesOf("one")], "a"],
      [[0, 255, 128], "ключ"],
    ]);
    expect(got.Records?.map(({ SequenceNumber }) => SequenceNumber)).toEqual(
      put.Records?.map(({ SequenceNumber }) => SequenceNumber),
    );
    expect(got.Records?.[0]?.ApproximateArrivalTimestamp).toEqual(new Date(START_MS));
    expect(got.NextShardIterator).toBeTypeOf("string");
    expect(got.ChildShards).toBeUndefined();
  });

  it("gets errors as the SDK's classes", async () => {
    const { client } = aRig();
    const refused = client.send(new DescribeStreamSummaryCommand({ StreamName: "none" }));
    await expect(refused).rejects.toBeInstanceOf(ResourceNotFoundException);
    await expect(refused).rejects.toThrow("Stream none under account 000000000000 not found.");
  });

  it("reads an event stream, and what it is told there", async () => {
    const { client, clock } = aRig();
    await client.send(new CreateStreamCommand({ StreamName: "s", ShardCount: 1 }));
    const summary = await client.send(new DescribeStreamSummaryCommand({ StreamName: "s" }));
    const { Consumer } = await client.send(
      new RegisterStreamConsumerCommand({
        StreamARN: summary.StreamDescriptionSummary?.StreamARN,
        ConsumerName: "c",
      }),
    );
    const { EventStream } = await client.send(
      new SubscribeToShardCommand({
        ConsumerARN: Consumer?.ConsumerARN,
        ShardId: "shardId-000000000000",
        StartingPosition: { Type: "LATEST" },
      }),
    );
    await client.send(
      new PutRecordsCommand({ StreamName: "s", Records: [{ Data: bytesOf("x"), PartitionKey: "a" }] }),
    );
    const events = EventStream?.[Symbol.asyncIterator]();
    const first = events?.next();
    await clock.advance(70);
    const event: SubscribeToShardEvent = (await first)?.value?.SubscribeToShardEvent;
    expect(event.Records?.map(({ Data }) => [...(Data ?? [])])).toEqual([[...bytesOf("x")]]);
    expect(event.ContinuationSequenceNumber).toMatch(/^49\d{54}$/);
    await events?.return?.();
    expect(clock.waiting()).toBe(0);
  });
});
