import {
  CreateStreamCommand,
  DeregisterStreamConsumerCommand,
  DescribeStreamCommand,
  GetRecordsCommand,
  IncreaseStreamRetentionPeriodCommand,
  type KinesisClient,
  ListShardsCommand,
  ListStreamConsumersCommand,
  MergeShardsCommand,
  PutRecordCommand,
  ResourceInUseException,
  ResourceNotFoundException,
  type Shard,
  SplitShardCommand,
  UpdateShardCountCommand,
} from "@aws-sdk/client-kinesis";
import { hashOf, isOpen, rangeOf, stepsWith, textsOf } from "./testing/liveSteps.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

/** Where a server is known to be wrong: its tests are expected to fail there, so that it is noticed when it is mended. */
export type KinesisGap =
  | "refuses 501 records"
  | "refuses an iterator that is none"
  | "ends a subscription with its shard"
  | "lists only shards open at the trim horizon";

const HASH_MAX = (1n << 128n) - 1n;

/** What every Kinesis does, as far as readers and writers of ours lean on it, in real time and with generous rates. */
export const describeKinesis = (
  name: string,
  start: () => Promise<{ readonly client: KinesisClient; readonly stop: () => Promise<void> }>,
  gaps: readonly KinesisGap[] = [],
): void => {
  describe(`${name}, a Kinesis`, () => {
    let server: Awaited<ReturnType<typeof start>>;
    let steps: ReturnType<typeof stepsWith>;
    const client = (): KinesisClient => server.client;
    const unlessGap = (gap: KinesisGap) => (gaps.includes(gap) ? it.fails : it);
    const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

    beforeAll(async () => {
      server = await start();
      steps = stepsWith(server.client);
    });
    afterAll(async () => {
      await server.stop();
    });

    it("divides the hash space among a stream's shards without gaps", async () => {
      const { StreamName } = await steps.aStream(3);
      const ranges = (await steps.shards(StreamName)).map(rangeOf);
      expect(ranges).toHaveLength(3);
      expect(ranges[0]?.[0]).toBe(0n);
      expect(ranges[1]?.[0]).toBe((ranges[0]?.[1] ?? 0n) + 1n);
      expect(ranges[2]?.[0]).toBe((ranges[1]?.[1] ?? 0n) + 1n);
      expect(ranges[2]?.[1]).toBe(HASH_MAX);
    });

    it("puts a record where the MD5 of its key lies, or its explicit hash key", async () => {
      const { StreamName } = await steps.aStream(3);
      const ranges = new Map(
        (await steps.shards(StreamName)).map((shard) => [shard.ShardId, rangeOf(shard)]),
      );
      const keys = Array.from({ length: 40 }, (_, index) => (index % 2 ? `key-${index}` : `ключ-${index}`));
      const results = await steps.put(StreamName, keys);
      for (const [index, key] of keys.entries()) {
        const [first, last] = ranges.get(results[index]?.ShardId) ?? [0n, -1n];
        expect(first <= hashOf(key) && hashOf(key) <= last).toBe(true);
      }
      expect(new Set(results.map(({ ShardId }) => ShardId)).size).toBe(3);
      for (const [hash, shard] of [
        [10n, "shardId-000000000000"],
        [HASH_MAX - 10n, "shardId-000000000002"],
      ] as const) {
        const explicit = await client().send(
          new PutRecordCommand({
            StreamName,
            PartitionKey: keys[0],
            ExplicitHashKey: String(hash),
            Data: bytes("x"),
          }),
        );
        expect(explicit.ShardId).toBe(shard);
      }
    });

    it("gives what was put, in order, from wherever it is asked", async () => {
      const { StreamName } = await steps.aStream(1);
      const ShardId = "shardId-000000000000";
      const latest = await steps.iterator({ StreamName, ShardId, ShardIteratorType: "LATEST" });
      const results = await steps.put(StreamName, ["a", "b", "c"]);
      const StartingSequenceNumber = results[1]?.SequenceNumber;
      const all = await steps.read({ StreamName, ShardId, ShardIteratorType: "TRIM_HORIZON" });
      expect(textsOf(all)).toEqual(["a 0", "b 1", "c 2"]);
      expect(all.Records?.map(({ SequenceNumber }) => SequenceNumber)).toEqual(
        results.map(({ SequenceNumber }) => SequenceNumber),
      );
      const numbers = results.map(({ SequenceNumber }) => BigInt(SequenceNumber ?? 0));
      expect(numbers.toSorted((one, other) => (one < other ? -1 : 1))).toEqual(numbers);
      const from = async (ShardIteratorType: "AT_SEQUENCE_NUMBER" | "AFTER_SEQUENCE_NUMBER") =>
        textsOf(await steps.read({ StreamName, ShardId, ShardIteratorType, StartingSequenceNumber }));
      expect(await from("AT_SEQUENCE_NUMBER")).toEqual(["b 1", "c 2"]);
      expect(await from("AFTER_SEQUENCE_NUMBER")).toEqual(["c 2"]);
      expect(textsOf(await client().send(new GetRecordsCommand({ ShardIterator: latest })))).toEqual([
        "a 0",
        "b 1",
        "c 2",
      ]);
      const Timestamp = new Date((all.Records?.[0]?.ApproximateArrivalTimestamp?.getTime() ?? 0) - 1000);
      expect(
        textsOf(await steps.read({ StreamName, ShardId, ShardIteratorType: "AT_TIMESTAMP", Timestamp })),
      ).toEqual(["a 0", "b 1", "c 2"]);
    });

    it("takes up again where a limited read stopped, and is empty at the tip", async () => {
      const { StreamName } = await steps.aStream(1);
      await steps.put(StreamName, ["a", "b", "c"]);
      let ShardIterator = await steps.iterator({
        StreamName,
        ShardId: "shardId-000000000000",
        ShardIteratorType: "TRIM_HORIZON",
      });
      const seen: string[][] = [];
      for (let turn = 0; turn < 3; turn++) {
        const got = await client().send(new GetRecordsCommand({ ShardIterator, Limit: 2 }));
        seen.push([...textsOf(got)]);
        ShardIterator = got.NextShardIterator;
      }
      expect(seen).toEqual([["a 0", "b 1"], ["c 2"], []]);
      expect(ShardIterator).toBeTypeOf("string");
    });

    it("closes the parent of a split, and names its children at its end", async () => {
      const { StreamName } = await steps.aStream(1);
      await steps.put(StreamName, ["a", "b"]);
      const middle = 1n << 127n;
      await client().send(
        new SplitShardCommand({
          StreamName,
          ShardToSplit: "shardId-000000000000",
          NewStartingHashKey: String(middle),
        }),
      );
      await steps.untilActive(StreamName);
      const listed = await steps.shards(StreamName);
      expect(listed.map(isOpen)).toEqual([false, true, true]);
      expect(listed.slice(1).map(({ ParentShardId }) => ParentShardId)).toEqual([
        "shardId-000000000000",
        "shardId-000000000000",
      ]);
      expect(rangeOf(listed[1] as Shard)[1]).toBe(middle - 1n);
      expect(rangeOf(listed[2] as Shard)[0]).toBe(middle);
      expect((await steps.put(StreamName, ["a"]))[0]?.ShardId).not.toBe("shardId-000000000000");

      const { texts, end } = await steps.readToEnd(StreamName, "shardId-000000000000");
      expect(texts).toEqual(["a 0", "b 1"]);
      expect(end.ChildShards?.map(({ ShardId }) => ShardId)).toEqual(
        listed.slice(1).map(({ ShardId }) => ShardId),
      );
      expect(end.ChildShards?.map(({ ParentShards }) => ParentShards)).toEqual([
        ["shardId-000000000000"],
        ["shardId-000000000000"],
      ]);
    });

    it("names both parents of a merge, to either's reader", async () => {
      const { StreamName } = await steps.aStream(2);
      await steps.put(StreamName, ["a", "b", "c", "d"]);
      const [one, other] = ["shardId-000000000000", "shardId-000000000001"] as const;
      await client().send(
        new MergeShardsCommand({ StreamName, ShardToMerge: one, AdjacentShardToMerge: other }),
      );
      await steps.untilActive(StreamName);
      const child = (await steps.shards(StreamName)).find(isOpen);
      expect(new Set([child?.ParentShardId, child?.AdjacentParentShardId])).toEqual(new Set([one, other]));
      for (const parent of [one, other]) {
        const { end } = await steps.readToEnd(StreamName, parent);
        expect(end.ChildShards?.map(({ ShardId }) => ShardId)).toEqual([child?.ShardId]);
        expect(new Set(end.ChildShards?.[0]?.ParentShards)).toEqual(new Set([one, other]));
      }
    });

    it("doubles the shards, whose open ones cover the hash space again", async () => {
      const { StreamName } = await steps.aStream(2);
      await client().send(
        new UpdateShardCountCommand({ StreamName, TargetShardCount: 4, ScalingType: "UNIFORM_SCALING" }),
      );
      await steps.untilActive(StreamName);
      const open = (await steps.shards(StreamName))
        .filter(isOpen)
        .map(rangeOf)
        .toSorted(([one], [other]) => (one < other ? -1 : 1));
      expect(open).toHaveLength(4);
      expect(open[0]?.[0]).toBe(0n);
      for (let at = 1; at < open.length; at++) expect(open[at]?.[0]).toBe((open[at - 1]?.[1] ?? 0n) + 1n);
    });

    it("lists shards by pages and by filter", async () => {
      const { StreamName } = await steps.aStream(3);
      const ids: (string | undefined)[] = [];
      let page = await client().send(new ListShardsCommand({ StreamName, MaxResults: 2 }));
      ids.push(...(page.Shards ?? []).map(({ ShardId }) => ShardId));
      expect(ids).toHaveLength(2);
      page = await client().send(new ListShardsCommand({ NextToken: page.NextToken }));
      ids.push(...(page.Shards ?? []).map(({ ShardId }) => ShardId));
      expect(ids).toEqual((await steps.shards(StreamName)).map(({ ShardId }) => ShardId));
      expect(page.NextToken).toBeUndefined();
      await client().send(
        new MergeShardsCommand({
          StreamName,
          ShardToMerge: "shardId-000000000000",
          AdjacentShardToMerge: "shardId-000000000001",
        }),
      );
      await steps.untilActive(StreamName);
      const latest = await client().send(
        new ListShardsCommand({ StreamName, ShardFilter: { Type: "AT_LATEST" } }),
      );
      expect(latest.Shards?.map(({ ShardId }) => ShardId)).toEqual([
        "shardId-000000000002",
        "shardId-000000000003",
      ]);
    });

    unlessGap("lists only shards open at the trim horizon")(
      "lists only shards open at the trim horizon",
      async () => {
        const { StreamName } = await steps.aStream(1);
        // Shards begin and end by the clock; the split must not fall into the millisecond in which the stream began.
        await new Promise((resolve) => setTimeout(resolve, 20));
        await client().send(
          new SplitShardCommand({
            StreamName,
            ShardToSplit: "shardId-000000000000",
            NewStartingHashKey: "1000",
          }),
        );
        await steps.untilActive(StreamName);
        const { Shards } = await client().send(
          new ListShardsCommand({ StreamName, ShardFilter: { Type: "AT_TRIM_HORIZON" } }),
        );
        expect(Shards?.map(({ ShardId }) => ShardId)).toEqual(["shardId-000000000000"]);
      },
    );

    it("names what is not there", async () => {
      await expect(client().send(new DescribeStreamCommand({ StreamName: "none" }))).rejects.toBeInstanceOf(
        ResourceNotFoundException,
      );
      const { StreamName } = await steps.aStream(1);
      await expect(
        steps.iterator({ StreamName, ShardId: "shardId-000000000009", ShardIteratorType: "LATEST" }),
      ).rejects.toBeInstanceOf(ResourceNotFoundException);
      await expect(
        client().send(new CreateStreamCommand({ StreamName, ShardCount: 1 })),
      ).rejects.toBeInstanceOf(ResourceInUseException);
    });

    unlessGap("refuses 501 records")("refuses 501 records", async () => {
      const { StreamName } = await steps.aStream(1);
      await expect(
        steps.put(
          StreamName,
          Array.from({ length: 501 }, (_, index) => String(index)),
        ),
      ).rejects.toThrow();
    });

    unlessGap("refuses an iterator that is none")("refuses an iterator that is none", async () => {
      await expect(client().send(new GetRecordsCommand({ ShardIterator: "AAAA" }))).rejects.toMatchObject({
        name: "InvalidArgumentException",
      });
    });

    it("keeps records longer when told to", async () => {
      const { StreamName } = await steps.aStream(1);
      await client().send(new IncreaseStreamRetentionPeriodCommand({ StreamName, RetentionPeriodHours: 48 }));
      await steps.untilActive(StreamName);
      const { StreamDescription } = await client().send(new DescribeStreamCommand({ StreamName }));
      expect(StreamDescription?.RetentionPeriodHours).toBe(48);
    });

    it("pushes records to a consumer of its own", async () => {
      const { StreamName, arn } = await steps.aStream(1);
      const ConsumerARN = await steps.aConsumer(arn);
      await steps.put(StreamName, ["a", "b"]);
      const { texts, last } = await steps.subscribe(ConsumerARN, 2);
      expect(texts).toEqual(["a 0", "b 1"]);
      expect(last).toMatchObject({ ContinuationSequenceNumber: expect.stringMatching(/^\d+$/) });
      const { Consumers } = await client().send(new ListStreamConsumersCommand({ StreamARN: arn }));
      expect(Consumers?.map(({ ConsumerName }) => ConsumerName)).toEqual(["reader"]);
      await client().send(new DeregisterStreamConsumerCommand({ ConsumerARN }));
    });

    unlessGap("ends a subscription with its shard")(
      "ends a subscription with its shard, and names the children",
      async () => {
        const { StreamName, arn } = await steps.aStream(1);
        const ConsumerARN = await steps.aConsumer(arn);
        await steps.put(StreamName, ["a"]);
        await client().send(
          new SplitShardCommand({
            StreamName,
            ShardToSplit: "shardId-000000000000",
            NewStartingHashKey: "1000",
          }),
        );
        await steps.untilActive(StreamName);
        const { texts, last } = await Promise.race([
          steps.subscribe(
            ConsumerARN,
            1,
            (event) => "ChildShards" in event && event.ChildShards !== undefined,
          ),
          new Promise<never>((_, reject) => {
            setTimeout(() => reject(new Error("the subscription did not end")), 8_000);
          }),
        ]);
        expect(texts).toEqual(["a 0"]);
        expect(last).toMatchObject({
          ChildShards: [{ ShardId: "shardId-000000000001" }, { ShardId: "shardId-000000000002" }],
        });
        expect(last).not.toMatchObject({ ContinuationSequenceNumber: expect.anything() });
      },
      20_000,
    );
  });
};
