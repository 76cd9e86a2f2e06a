import { randomUUID } from "node:crypto";
import {
  CreateStreamCommand,
  GetRecordsCommand,
  KinesisClient,
  PutRecordsCommand,
  SplitShardCommand,
} from "@aws-sdk/client-kinesis";
import {
  createRandom,
  createRequestHandler,
  createSimulatedKinesis,
  type KinesisLimits,
  UNTHROTTLED,
} from "@freshet/simulators";
import { describe, expect, it } from "vitest";
import { startConsumer } from "./consumer.js";
import { eachBatch } from "./session/eachBatch.js";
import { createKinesisStream } from "./stream/kinesisStream.js";
import { readReply } from "./stream/replies.js";
import { dynaliteForTests } from "./testing/dynalite.js";
import { quickClock } from "./testing/quickClock.js";

const dynamo = dynaliteForTests();

const aStream = async (clock = quickClock(1), shards = 2, limits: Partial<KinesisLimits> = {}) => {
  const kinesis = createSimulatedKinesis({ seed: 1, clock, limits });
  const client = new KinesisClient({
    region: "us-east-1",
    credentials: { accessKeyId: "k", secretAccessKey: "s" },
    requestHandler: createRequestHandler(kinesis.service, clock),
    maxAttempts: 1,
  });
  await client.send(new CreateStreamCommand({ StreamName: "events", ShardCount: shards }));
  return { kinesis, client };
};
const put = (client: KinesisClient, names: readonly string[]) =>
  client.send(
    new PutRecordsCommand({
      StreamName: "events",
      Records: names.map((name) => ({ PartitionKey: name, Data: Buffer.from(name) })),
    }),
  );
const idle = () => new AbortController().signal;

describe("a stream by the SDK's client", () => {
  it("lists shards, finds places and reads", async () => {
    const { client } = await aStream();
    await put(client, ["a", "b", "c", "d"]);
    const stream = createKinesisStream(client, { StreamName: "events" });
    const shards = await stream.listShards(null, idle());
    expect(shards.map(({ parents, closed }) => [parents, closed])).toEqual([
      [[], false],
      [[], false],
    ]);
    expect(shards[1]?.hashRange.last).toBe(2n ** 128n - 1n);
    const found: string[] = [];
    for (const { id } of shards) {
      const iterator = await stream.iterator(id, { kind: "trimHorizon" }, idle());
      const { records, nextIterator, children } = await stream.read(iterator, 10, idle());
      found.push(...records.map(({ data }) => Buffer.from(data).toString()));
      expect([typeof nextIterator, children]).toEqual(["string", null]);
      const last = records.at(-1);
      if (!last) continue;
      const at = await stream.iterator(id, { kind: "atSequence", sequence: last.sequence }, idle());
      expect((await stream.read(at, 10, idle())).records).toEqual([last]);
    }
    expect(found.sort()).toEqual(["a", "b", "c", "d"]);
  });

  it("reads a reply as the SDK does, with keys and data of all kinds, to a shard's end", async () => {
    const { client } = await aStream(quickClock(1), 1, UNTHROTTLED);
    const random = createRandom(7, "data");
    const bytes = () => Buffer.from(Array.from({ length: random.integer(99) }, () => random.integer(256)));
    await client.send(
      new PutRecordsCommand({
        StreamName: "events",
        Records: Array.from({ length: 200 }, (_, index) => ({
          PartitionKey: `${index} é 😀 "`,
          Data: bytes(),
        })),
      }),
    );
    const stream = createKinesisStream(client, { StreamName: "events" });
    const [shard] = await stream.listShards(null, idle());
    await client.send(
      new SplitShardCommand({
        StreamName: "events",
        ShardToSplit: shard?.id,
        NewStartingHashKey: String(2n ** 127n),
      }),
    );
    let iterator = await stream.iterator(shard?.id ?? "", { kind: "trimHorizon" }, idle());
    const seen = { records: 0, ends: 0 };
    for (let next: string | null = iterator; next !== null; ) {
      iterator = next;
      const reply = await stream.read(iterator, 70, idle());
      const plain = readReply(
        await client.send(new GetRecordsCommand({ ShardIterator: iterator, Limit: 70 })),
      );
      const comparable = (one: typeof reply) => ({
        ...one,
        nextIterator: typeof one.nextIterator,
        // time goes on between the two
        behindMs: one.behindMs > 0,
        records: one.records.map((record) => ({ ...record, data: Buffer.from(record.data).toString("hex") })),
      });
      expect(comparable(reply)).toEqual(comparable(plain));
      seen.records += reply.records.length;
      if (reply.children) seen.ends += reply.children.length;
      next = reply.nextIterator;
    }
    expect(seen).toEqual({ records: 200, ends: 2 });
  });

  it("says what kind of failure it was, and of what", async () => {
    const { client, kinesis } = await aStream();
    const missing = createKinesisStream(client, { StreamName: "none" });
    await expect(missing.listShards(null, idle())).rejects.toMatchObject({
      kind: "gone",
      message: expect.stringContaining("listing the shards of the stream none: ResourceNotFoundException"),
    });
    const stream = createKinesisStream(client, { StreamName: "events" });
    await expect(stream.read("no iterator", 10, idle())).rejects.toMatchObject({ kind: "refused" });
    const kinds = {
      throttle: "throttled",
      expiredIterator: "expiredIterator",
      lostResponse: "unavailable",
    } as const;
    for (const [fault, kind] of Object.entries(kinds)) {
      const [shard] = await stream.listShards(null, idle());
      const iterator = await stream.iterator(shard!.id, { kind: "latest" }, idle());
      kinesis.faults.add({ fault: fault as keyof typeof kinds, operations: ["GetRecords"], times: 1 });
      await expect(stream.read(iterator, 10, idle())).rejects.toMatchObject({ kind });
    }
  });
});

describe.each(["polling", "enhanced fan-out"])(
  "consumers by %s, with the SDK's clients and a lease table",
  (how) => {
    it("give every record once through a split, and hand back their leases", async () => {
      const clock = quickClock(20);
      const { client, kinesis } = await aStream(clock, 1);
      const { Shards } = await kinesis.service.call("ListShards", { StreamName: "events" });
      let fanOutConsumerArn: string | undefined;
      if (how === "enhanced fan-out") {
        const summary = await kinesis.service.call("DescribeStreamSummary", { StreamName: "events" });
        const StreamARN = summary.StreamDescriptionSummary?.StreamARN;
        const { Consumer } = await kinesis.service.call("RegisterStreamConsumer", {
          StreamARN,
          ConsumerName: "c",
        });
        fanOutConsumerArn = Consumer?.ConsumerARN;
      }
      const got: string[] = [];
      const names = Array.from({ length: 60 }, (_, index) => `n${index}`);
      let allGot = (): void => {};
      const done = new Promise<void>((resolve) => {
        allGot = resolve;
      });
      const application = `app-${randomUUID()}`;
      const process = eachBatch(
        async ({ records }) => {
          got.push(...records.map(({ data }) => Buffer.from(data).toString()));
          if (new Set(got).size === names.length) allGot();
        },
        { clock, attemptsMax: 1, retryAfterMs: 1_000 },
      );
      const options = {
        kinesis: client,
        dynamo: dynamo(),
        stream: { StreamName: "events" },
        application,
        process,
        clock,
        // The clock is quick, the server is not.
        settings: { leaseTimeoutMs: 100_000, leaseMs: 60_000 },
        ...(fanOutConsumerArn === undefined ? {} : { fanOutConsumerArn }),
      };
      const consumers = await Promise.all([startConsumer(options), startConsumer(options)]);
      await put(client, names.slice(0, 20));
      const { StartingHashKey, EndingHashKey } = Shards![0]!.HashKeyRange!;
      const middle = (BigInt(StartingHashKey!) + BigInt(EndingHashKey!)) / 2n;
      await client.send(
        new SplitShardCommand({
          StreamName: "events",
          ShardToSplit: Shards![0]!.ShardId,
          NewStartingHashKey: `${middle}`,
        }),
      );
      await put(client, names.slice(20));
      await done;
      await Promise.all(consumers.map((consumer) => consumer.stop()));
      expect([...got].sort()).toEqual([...names].sort());
    });
  },
);
