import { KinesisClient } from "@aws-sdk/client-kinesis";
import { systemClock } from "@freshet/sdk";
import { type EpochMs, type SequenceNumber, type ShardId, sequenceNumber } from "@freshet/model";
import { createRequestHandler, type FaultRule, KinesisError } from "@freshet/simulators";
import type { LogEntry, LogRecord, ShardLog } from "@freshet/storage";
import { logContract } from "@freshet/storage/testing";
import { describe, expect, it } from "vitest";
import { aKinesis } from "./kinesisRig.js";

logContract("a stream of the simulated Kinesis", {
  open: async (shards) => (await aKinesis(shards)).open(),
  takesArrivals: false,
  takesEmptyKeys: false,
  fillsReads: false,
});

const HOUR_MS = 3_600_000;
const READS_MAX = 2_000;

const entries = (count: number, prefix = "k"): LogEntry[] =>
  Array.from({ length: count }, (_, index) => ({
    partitionKey: `${prefix}${index}`,
    data: Buffer.from(`${prefix}${index}`),
  }));

/** Until so many came, or the shard ended. */
const readUntil = async (log: ShardLog, shard: ShardId, count: number, limit = 100) => {
  const records: LogRecord[] = [];
  let after: SequenceNumber | null = null;
  for (let reads = 0; reads < READS_MAX; reads++) {
    const result = await log.read(shard, after, limit);
    records.push(...result.records);
    after = records.at(-1)?.sequence ?? null;
    if (records.length >= count || result.ended) return { records, ended: result.ended };
    if (result.records.length === 0) await log.wait(20);
  }
  throw new Error(`${records.length} of ${count} records came in ${READS_MAX} reads`);
};

const keys = (records: readonly LogRecord[]): readonly string[] =>
  records.map(({ partitionKey }) => partitionKey);

describe("the log on Kinesis", () => {
  it("is named by the stream's ARN and creation, keeps its constants in the table, and refuses others", async () => {
    const rig = await aKinesis(2);
    const { identity } = await rig.open();
    expect(identity.id).toMatch(/^arn:aws:kinesis:us-east-1:\d{12}:stream\/log-.*@\d{4}-.*Z$/);
    expect(identity.roster).toHaveLength(2);
    expect((await rig.open({ create: undefined })).identity).toEqual(identity);
    await expect(rig.open({ expected: { segmentMs: 5 } })).rejects.toMatchObject({
      kind: "mismatch",
      message: expect.stringContaining("segmentMs = 1000, not 5"),
    });
  });

  it("does not begin unless it is told to, and not without a stream", async () => {
    const rig = await aKinesis(1);
    await expect(rig.open({ create: undefined })).rejects.toMatchObject({ kind: "missing" });
    await expect(rig.open({ stream: "no-such-stream" })).rejects.toMatchObject({
      kind: "missing",
      message: expect.stringContaining("no-such-stream"),
    });
  });

  it("P14: refuses a stream that distributes records itself", async () => {
    const rig = await aKinesis(1);
    await rig.kinesis.service.call("CreateStream", {
      StreamName: "auto",
      StreamModeDetails: { StreamMode: "ON_DEMAND" },
      RecordDistributionStrategy: "AUTO",
    });
    await expect(rig.open({ stream: "auto" })).rejects.toMatchObject({
      kind: "mismatch",
      message: expect.stringContaining("USER_PARTITION_KEY"),
    });
  });

  it("P1, P2: cuts appends to requests that Kinesis takes, and refuses a record that it does not", async () => {
    const rig = await aKinesis(1);
    const log = await rig.open();
    const large = Array.from({ length: 7 }, (_, index) => ({
      partitionKey: "ü",
      data: Buffer.alloc(3 * 2 ** 20, index),
    }));
    const outcomes = await log.append([...entries(1_203), ...large]);
    expect(outcomes.filter(({ kind }) => kind === "stored")).toHaveLength(1_210);
    expect(rig.kinesis.recordsOf(rig.stream)).toHaveLength(1_210);
    const tooLarge = { partitionKey: "üü", data: Buffer.alloc(10 * 2 ** 20 - 3) };
    await expect(log.append([tooLarge])).rejects.toMatchObject({ kind: "invalid" });
    await expect(log.append([{ partitionKey: "", data: Buffer.from("x") }])).rejects.toMatchObject({
      kind: "invalid",
    });
  });

  it("P3: says of each entry whether it was stored; appended again, nothing is missing", async () => {
    const faults: FaultRule[] = [
      { fault: "failedEntry", probability: 0.2 },
      { fault: "throttle", operations: ["PutRecords"], probability: 0.2 },
    ];
    const rig = await aKinesis(2, { faults, seed: 7 });
    const log = await rig.open();
    let rest: readonly LogEntry[] = entries(1_000);
    let rounds = 0;
    for (; rest.length > 0; rounds++) {
      const outcomes = await log.append(rest);
      expect(outcomes).toHaveLength(rest.length);
      rest = rest.filter((_, index) => outcomes[index]?.kind === "throttled");
    }
    expect(rounds).toBeGreaterThan(2);
    expect(rig.kinesis.faults.counts.failedEntry).toBeGreaterThan(100);
    const stored = rig.kinesis.recordsOf(rig.stream).map(({ partitionKey }) => partitionKey);
    expect(stored).toHaveLength(1_000);
    expect(new Set(stored)).toEqual(new Set(entries(1_000).map(({ partitionKey }) => partitionKey)));
  });

  it("C3, C4: reads each record once through lost answers, throttles, empty replies and expired iterators", async () => {
    const reading = ["GetRecords", "GetShardIterator"] as const;
    const faults: FaultRule[] = [
      { fault: "expiredIterator", probability: 0.1 },
      { fault: "emptyRead", probability: 0.2 },
      { fault: "lostResponse", operations: reading, probability: 0.1 },
      { fault: "throttle", operations: reading, probability: 0.1 },
      { fault: "endWithoutChildren", times: 1 },
    ];
    const rig = await aKinesis(1, { faults, seed: 11 });
    const log = await rig.open();
    const [shard] = log.identity.roster as [ShardId];
    const admin = await rig.open();
    for (let part = 0; part < 30; part++) {
      await admin.append(entries(20, `${part}-`));
      const { records } = await readUntil(log, shard, 20 * (part + 1), 7);
      expect(new Set(keys(records)).size).toBe(20 * (part + 1));
    }
    const children = await admin.split(shard, 1n << 127n);
    const { records, ended } = await readUntil(log, shard, Number.POSITIVE_INFINITY);
    expect(records).toHaveLength(600);
    expect(ended).toEqual({ children });
    const { counts } = rig.kinesis.faults;
    for (const fault of ["expiredIterator", "emptyRead", "lostResponse", "throttle"] as const)
      expect(counts[fault], fault).toBeGreaterThan(2);
  });

  it("goes back when it is asked to, and on from any place", async () => {
    const log = await (await aKinesis(1)).open();
    const [shard] = log.identity.roster as [ShardId];
    await log.append(entries(50));
    const { records } = await readUntil(log, shard, 50);
    for (const place of [30, 10, 11, 40, 0, 48]) {
      const after = records[place]?.sequence ?? null;
      const { records: rest, trimmed } = await log.read(shard, after, 3);
      expect(keys(rest)).toEqual(keys(records.slice(place + 1, place + 4)));
      expect(trimmed).toBeNull();
    }
  });

  it("says that the place is gone from which it is to go on, and where it can", async () => {
    const rig = await aKinesis(1);
    const log = await rig.open();
    const [shard] = log.identity.roster as [ShardId];
    await log.append(entries(5, "old"));
    const { records: old } = await readUntil(log, shard, 5);
    const after = old[4]?.sequence as SequenceNumber;
    rig.kinesis.trim(rig.stream, Date.now() + HOUR_MS);
    const again = await rig.open();
    expect(await again.read(shard, after, 10)).toMatchObject({
      records: [],
      atEnd: true,
      trimmed: { firstAvailable: null },
    });
    await log.append(entries(5, "new"));
    const third = await rig.open();
    const late = await third.read(shard, after, 10);
    expect(keys(late.records)).toEqual(keys(entries(5, "new") as LogRecord[]));
    const firstAvailable = late.records[0]?.sequence as SequenceNumber;
    expect(late.trimmed).toEqual({ firstAvailable });
    const next = await third.read(shard, sequenceNumber(BigInt(firstAvailable) - 1n), 10);
    expect(next).toMatchObject({ trimmed: null, records: { length: 5 } });
    // Who was reading all along has lost nothing.
    const { records } = await readUntil(log, shard, 10);
    expect(records).toHaveLength(10);
  });

  it("C22: remembers a shard that Kinesis has forgotten, what became of it, and that its records are gone", async () => {
    const rig = await aKinesis(1);
    const log = await rig.open();
    const [shard] = log.identity.roster as [ShardId];
    await log.append(entries(5));
    const { records } = await readUntil(log, shard, 5);
    const children = await log.split(shard, 1n << 127n);
    rig.kinesis.trim(rig.stream, Date.now() + HOUR_MS);
    const DAY_MS = 24 * HOUR_MS;
    const later = await rig.open({ now: () => Date.now() + 2 * DAY_MS });
    expect((await later.shards()).find(({ id }) => id === shard)).toMatchObject({ closed: true });
    expect(await later.shards()).toHaveLength(3);
    for (const after of [null, records[2]?.sequence as SequenceNumber]) {
      let result = await later.read(shard, after, 10);
      for (let reads = 0; !result.ended && reads < READS_MAX; reads++)
        result = await later.read(shard, after, 10);
      expect(result).toMatchObject({
        records: [],
        atEnd: true,
        ended: { children },
        trimmed: { firstAvailable: null },
      });
    }
  });

  it("stands at the end as of the moment at which the reply was asked for, not of the call", async () => {
    const log = await (await aKinesis(1)).open({ pace: { idlePollMs: 60_000 } });
    const [shard] = log.identity.roster as [ShardId];
    const { readAtMs } = await log.read(shard, null, 10);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const again = await log.read(shard, null, 10);
    expect(again).toMatchObject({ atEnd: true, readAtMs: readAtMs as EpochMs });
  });

  it("does not say that it stands at the end while Kinesis does not answer", async () => {
    const rig = await aKinesis(1);
    const log = await rig.open();
    rig.kinesis.faults.add({ fault: "internalFailure", operations: ["GetShardIterator"] });
    const [shard] = log.identity.roster as [ShardId];
    expect(await log.read(shard, null, 10)).toMatchObject({ records: [], atEnd: false });
    rig.kinesis.faults.clear();
    await log.append(entries(1));
    expect((await readUntil(log, shard, 1)).records).toHaveLength(1);
  });

  it("knows its shards also while Kinesis does not list them, but not of a stream that is gone", async () => {
    const rig = await aKinesis(2);
    let nowMs = Date.now();
    const log = await rig.open({ now: () => nowMs });
    const shards = await log.shards();
    rig.kinesis.faults.add({ fault: "internalFailure", operations: ["ListShards"] });
    nowMs += HOUR_MS;
    expect(await log.shards()).toEqual(shards);
    expect(rig.kinesis.faults.counts.internalFailure).toBe(1);
    rig.kinesis.faults.clear();
    await rig.kinesis.service.call("DeleteStream", { StreamName: rig.stream });
    nowMs += HOUR_MS;
    await expect(log.shards()).rejects.toMatchObject({ kind: "missing" });
  });

  it("says so when it is refused, also of a shard at whose end it stood", async () => {
    const rig = await aKinesis(1);
    let isLetIn = true;
    const gate = (): void => {
      if (!isLetIn) throw new KinesisError("UnrecognizedClientException", "no longer");
    };
    const client = new KinesisClient({
      region: "us-east-1",
      credentials: { accessKeyId: "k", secretAccessKey: "s" },
      requestHandler: createRequestHandler(rig.kinesis.service, systemClock, { gate }),
      maxAttempts: 1,
    });
    const log = await rig.open({ client });
    const [shard] = log.identity.roster as [ShardId];
    expect(await log.read(shard, null, 10)).toMatchObject({ atEnd: true });
    isLetIn = false;
    const reading = async (): Promise<void> => {
      for (let reads = 0; reads < READS_MAX; reads++) {
        await log.read(shard, null, 10);
        await log.wait(5);
      }
    };
    await expect(reading()).rejects.toMatchObject({
      kind: "unreadable",
      message: expect.stringContaining("check the credentials"),
    });
  });

  it("fails when the stream is deleted while it reads", async () => {
    const rig = await aKinesis(1);
    const log = await rig.open();
    const [shard] = log.identity.roster as [ShardId];
    await log.read(shard, null, 10);
    await rig.kinesis.service.call("DeleteStream", { StreamName: rig.stream });
    const reading = async (): Promise<void> => {
      for (let reads = 0; reads < READS_MAX; reads++) {
        await log.read(shard, null, 10);
        await log.wait(20);
      }
    };
    await expect(reading()).rejects.toMatchObject({ kind: "missing" });
    await expect(log.append(entries(1))).rejects.toMatchObject({ kind: "missing" });
  });
});
