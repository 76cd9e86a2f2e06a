import { describe, expect, it } from "vitest";
import { aRig, bytesOf, shardId, START_MS } from "./testing/rig.js";

const MIB = 2 ** 20;
const HOUR_MS = 3_600_000;
const throttled = (outcomes: readonly { readonly ErrorCode?: string | undefined }[]): number =>
  outcomes.filter(({ ErrorCode }) => ErrorCode === "ProvisionedThroughputExceededException").length;
const many = (count: number, key = "a") => Array.from({ length: count }, () => ({ key }));

describe("T1: limits of writing", () => {
  it("T1: takes 1,000 records a second into a shard, and says of each more that it was not taken", async () => {
    const { create, put, clock, kinesis } = aRig();
    await create(1);
    expect(throttled(await put(many(500)))).toBe(0);
    expect(throttled(await put(many(500)))).toBe(0);
    expect(throttled(await put(many(500)))).toBe(500);
    await clock.advance(100);
    expect(throttled(await put(many(500)))).toBe(400);
    await clock.advance(1_000);
    expect(throttled(await put(many(500)))).toBe(0);
    expect(kinesis.recordsOf("s")).toHaveLength(1_600);
  });

  it("T1: refuses records of a full shard alone, and answers in the order of the request", async () => {
    const { create, put } = aRig({ limits: { shardWriteRecords: 3 } });
    await create(2);
    const [full, other] = ["a", "d"] as const;
    const outcomes = await put([...many(4, full), { key: other }, { key: full }, { key: other }]);
    expect(new Set(outcomes.map(({ ShardId }) => ShardId))).toEqual(
      new Set([shardId(0), shardId(1), undefined]),
    );
    expect(outcomes.map(({ ErrorCode }) => ErrorCode !== undefined)).toEqual([
      false,
      false,
      false,
      true,
      false,
      true,
      false,
    ]);
  });

  it("T1: takes 1 MiB a second into a shard, keys counted by their UTF-8 bytes", async () => {
    const { create, put, clock } = aRig();
    await create(1);
    const key = "ж".repeat(256);
    const half = { key, data: new Uint8Array(MIB / 2 - 512) };
    expect(throttled(await put([half, half]))).toBe(0);
    expect(throttled(await put([{ key: "a", data: new Uint8Array(0) }]))).toBe(1);
    await clock.advance(500);
    expect(throttled(await put([half]))).toBe(0);
    expect(throttled(await put([half]))).toBe(1);
  });

  it("T1: refuses more than 500 records or 10 MiB at once, whole", async () => {
    const { create, put, kinesis } = aRig();
    await create(1);
    await expect(put(many(501))).rejects.toMatchObject({ code: "ValidationException" });
    await expect(put([])).rejects.toMatchObject({ code: "ValidationException" });
    const large = { key: "a", data: new Uint8Array(MIB - 1) };
    await expect(put([...Array.from({ length: 10 }, () => large), { key: "a" }])).rejects.toMatchObject({
      code: "InvalidArgumentException",
    });
    expect(kinesis.recordsOf("s")).toHaveLength(0);
  });

  it("T1: takes records as large as the stream is told to, and pays a large one off", async () => {
    const { create, put, call, clock } = aRig();
    await create(1);
    await expect(put([{ key: "a", data: new Uint8Array(MIB) }])).rejects.toMatchObject({
      code: "InvalidArgumentException",
    });
    const arn = (await call("DescribeStreamSummary", { StreamName: "s" })).StreamDescriptionSummary
      ?.StreamARN;
    await call("UpdateMaxRecordSize", { StreamARN: arn, MaxRecordSizeInKiB: 10_240 });
    expect(throttled(await put([{ key: "a", data: new Uint8Array(10 * MIB - 1) }]))).toBe(0);
    await clock.advance(9_000);
    expect(throttled(await put(many(1)))).toBe(1);
    await clock.advance(1_000);
    expect(throttled(await put(many(1)))).toBe(0);
  });

  it.each([
    ["no key", { Data: bytesOf("x"), PartitionKey: undefined }],
    ["an empty key", { Data: bytesOf("x"), PartitionKey: "" }],
    ["257 characters", { Data: bytesOf("x"), PartitionKey: "x".repeat(257) }],
    ["no data", { Data: undefined, PartitionKey: "a" }],
    ["2^128", { Data: bytesOf("x"), PartitionKey: "a", ExplicitHashKey: String(1n << 128n) }],
    ["a hash key that is no number", { Data: bytesOf("x"), PartitionKey: "a", ExplicitHashKey: "0x1" }],
  ])("refuses a record with %s", async (_, record) => {
    const { create, call } = aRig();
    await create(1);
    await expect(call("PutRecord", { StreamName: "s", ...record })).rejects.toMatchObject({
      code: expect.stringMatching(/^(?:Validation|InvalidArgument)Exception$/),
    });
  });
});

describe("a dry run", () => {
  it("tells what it would refuse, and else that it was one, and does nothing", async () => {
    const { create, call, kinesis } = aRig();
    await create(1);
    const record = { StreamName: "s", Data: bytesOf("x"), DryRun: true };
    await expect(call("PutRecord", { ...record, PartitionKey: "" })).rejects.toMatchObject({
      code: "ValidationException",
    });
    await expect(call("PutRecord", { ...record, PartitionKey: "a" })).rejects.toMatchObject({
      code: "DryRunOperationException",
    });
    expect(kinesis.recordsOf("s")).toHaveLength(0);
  });
});

describe("T1: limits of reading", () => {
  it("T1: gives a shard's readers 5 reads a second together", async () => {
    const { create, call, iteratorOf, clock } = aRig();
    await create(1);
    const ShardIterator = await iteratorOf(0);
    for (let read = 0; read < 5; read++) await call("GetRecords", { ShardIterator });
    await expect(call("GetRecords", { ShardIterator })).rejects.toMatchObject({
      code: "ProvisionedThroughputExceededException",
    });
    await clock.advance(200);
    await expect(call("GetRecords", { ShardIterator })).resolves.toMatchObject({ Records: [] });
  });

  it("T1: gives 10 MiB at most at once, and then nothing for 5 seconds", async () => {
    const { create, put, call, iteratorOf, clock } = aRig({ limits: { shardWriteBytes: 100 * MIB } });
    await create(1);
    const large = { key: "a", data: new Uint8Array(MIB - 1) };
    for (let turn = 0; turn < 2; turn++) await put(Array.from({ length: 10 }, () => large));
    const ShardIterator = await iteratorOf(0);
    const first = await call("GetRecords", { ShardIterator });
    expect(first.Records).toHaveLength(10);
    expect(first.MillisBehindLatest).toBe(0);
    const again = { ShardIterator: first.NextShardIterator };
    await clock.advance(4_999);
    await expect(call("GetRecords", again)).rejects.toMatchObject({
      code: "ProvisionedThroughputExceededException",
    });
    await clock.advance(1);
    expect((await call("GetRecords", again)).Records).toHaveLength(10);
  });

  it("T1: says how far behind a reader is", async () => {
    const { create, put, call, iteratorOf, clock } = aRig();
    await create(1);
    await put(many(1));
    await clock.advance(30_000);
    await put(many(1));
    await clock.advance(1_000);
    const ShardIterator = await iteratorOf(0);
    expect((await call("GetRecords", { ShardIterator, Limit: 1 })).MillisBehindLatest).toBe(1_000);
    expect((await call("GetRecords", { ShardIterator })).MillisBehindLatest).toBe(0);
  });

  it("T1: lets an iterator expire after five minutes", async () => {
    const { create, call, iteratorOf, clock } = aRig();
    await create(1);
    const ShardIterator = await iteratorOf(0);
    await clock.advance(300_000);
    await expect(call("GetRecords", { ShardIterator })).resolves.toBeDefined();
    await clock.advance(1);
    await expect(call("GetRecords", { ShardIterator })).rejects.toMatchObject({
      code: "ExpiredIteratorException",
    });
  });

  it("lets a page token of ListShards expire, and takes none beside a name", async () => {
    const { create, call, clock } = aRig();
    await create(3);
    const { NextToken } = await call("ListShards", { StreamName: "s", MaxResults: 1 });
    await expect(call("ListShards", { StreamName: "s", NextToken })).rejects.toMatchObject({
      code: "InvalidArgumentException",
    });
    await clock.advance(300_001);
    await expect(call("ListShards", { NextToken })).rejects.toMatchObject({
      code: "ExpiredNextTokenException",
    });
  });
});

describe("retention", () => {
  it("deletes records after 24 hours, and a closed shard after them", async () => {
    const { create, put, call, iteratorOf, clock, kinesis } = aRig();
    await create(1);
    await put(many(2));
    await clock.advance(HOUR_MS);
    await put(many(3));
    await call("SplitShard", { StreamName: "s", ShardToSplit: shardId(0), NewStartingHashKey: "7" });
    await clock.advance(23 * HOUR_MS + 1);
    expect((await call("GetRecords", { ShardIterator: await iteratorOf(0) })).Records).toHaveLength(3);
    await clock.advance(HOUR_MS);
    const { Shards } = await call("ListShards", { StreamName: "s" });
    expect(Shards?.map(({ ShardId, ParentShardId }) => [ShardId, ParentShardId])).toEqual([
      [shardId(1), shardId(0)],
      [shardId(2), shardId(0)],
    ]);
    await expect(iteratorOf(0)).rejects.toMatchObject({ code: "ResourceNotFoundException" });
    expect(kinesis.recordsOf("s")).toHaveLength(0);
  });

  it("begins a reader of a trimmed sequence at the oldest record there is", async () => {
    const { create, put, call, clock, kinesis } = aRig();
    await create(1);
    const [trimmed] = await put(many(1));
    await clock.advance(1_000);
    const [kept] = await put(many(1));
    kinesis.trim("s", START_MS + 1_000);
    const { ShardIterator } = await call("GetShardIterator", {
      StreamName: "s",
      ShardId: shardId(0),
      ShardIteratorType: "AT_SEQUENCE_NUMBER",
      StartingSequenceNumber: trimmed?.SequenceNumber,
    });
    const { Records } = await call("GetRecords", { ShardIterator });
    expect(Records?.map(({ SequenceNumber }) => SequenceNumber)).toEqual([kept?.SequenceNumber]);
  });
});
