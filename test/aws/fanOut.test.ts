import { randomUUID } from "node:crypto";
import type { SequenceNumber, ShardId } from "@freshet/model";
import { type Clock, systemClock } from "@freshet/sdk";
import { UNTHROTTLED } from "@freshet/simulators";
import type { LogEntry, LogRecord, ShardLog } from "@freshet/storage";
import { logContract } from "@freshet/storage/testing";
import { describe, expect, it } from "vitest";
import { aKinesis, type KinesisRig } from "./kinesisRig.js";

const READS_MAX = 2_000;
const LOOK_AGAIN_AFTER_MS = 20;
const HURRY = 100;
/** Pushed at once, so that tests need not wait for it. */
const QUICK = { limits: { ...UNTHROTTLED, fanOutDelayMs: 0, fanOutQuietMs: 50, takeOverAfterMs: 0 } };

/** Time for pauses alone: what waits for seconds waits for milliseconds. */
const hurried: Clock = { ...systemClock, after: (ms, callback) => systemClock.after(ms / HURRY, callback) };

const pushedBy = async (rig: KinesisRig) => {
  const { StreamDescriptionSummary } = await rig.kinesis.service.call("DescribeStreamSummary", {
    StreamName: rig.stream,
  });
  const { Consumer } = await rig.kinesis.service.call("RegisterStreamConsumer", {
    StreamARN: StreamDescriptionSummary?.StreamARN,
    ConsumerName: `c-${randomUUID()}`,
  });
  return { fanOut: { client: rig.client(), consumerArn: Consumer?.ConsumerARN ?? "" } };
};

const openPushed = async (shards: number) => {
  const rig = await aKinesis(shards, QUICK);
  return { rig, log: await rig.open(await pushedBy(rig)) };
};

logContract("a stream of the simulated Kinesis, pushed by enhanced fan-out", {
  open: async (shards) => (await openPushed(shards)).log,
  takesArrivals: false,
  takesEmptyKeys: false,
  fillsReads: false,
});

const entries = (count: number, prefix: string): LogEntry[] =>
  Array.from({ length: count }, (_, index) => ({
    partitionKey: `${prefix}${index}`,
    data: Buffer.from(`${prefix}${index}`),
  }));

/** Reads on until `enough` says so. */
const readOn = async (
  log: ShardLog,
  shard: ShardId,
  from: SequenceNumber | null,
  enough: (records: readonly LogRecord[]) => boolean | undefined,
): Promise<readonly LogRecord[]> => {
  const records: LogRecord[] = [];
  for (let reads = 0; reads < READS_MAX; reads++) {
    const result = await log.read(shard, records.at(-1)?.sequence ?? from, 100);
    records.push(...result.records);
    if (enough(records)) return records;
    if (result.records.length === 0) await log.wait(LOOK_AGAIN_AFTER_MS);
  }
  throw new Error(`not after ${READS_MAX} reads`);
};

const callsOf = ({ kinesis }: KinesisRig, operation: "GetRecords" | "SubscribeToShard"): number =>
  kinesis.service.calls.get(operation) ?? 0;

describe("a shard that is pushed", () => {
  it("is polled until its end, and subscribed to from there: nothing twice, nothing lost, no more polls", async () => {
    const { rig, log } = await openPushed(1);
    const [shard] = log.identity.roster as [ShardId];
    await log.append(entries(30, "a"));
    const first = await readOn(log, shard, null, (all) => all.length === 30);
    const last = first.at(-1)?.sequence as SequenceNumber;
    await readOn(log, shard, last, () => callsOf(rig, "SubscribeToShard") > 0);
    const polls = callsOf(rig, "GetRecords");
    await log.append(entries(30, "b"));
    const second = await readOn(log, shard, last, (all) => all.length === 30);
    expect([...first, ...second].map(({ partitionKey }) => partitionKey)).toEqual(
      [...entries(30, "a"), ...entries(30, "b")].map(({ partitionKey }) => partitionKey),
    );
    expect(callsOf(rig, "GetRecords")).toBe(polls);
    expect(callsOf(rig, "SubscribeToShard")).toBe(1);
  });

  it("is not claimed to be read to its end as of the moment at which that was heard", async () => {
    const { rig, log } = await openPushed(1);
    const [shard] = log.identity.roster as [ShardId];
    await readOn(log, shard, null, () => callsOf(rig, "SubscribeToShard") > 0);
    for (let reads = 0; reads < READS_MAX; reads++) {
      const { readAtMs, atEnd } = await log.read(shard, null, 1);
      if (atEnd && readAtMs !== undefined && readAtMs <= Date.now() - 1_000) return;
      await log.wait(LOOK_AGAIN_AFTER_MS);
    }
    throw new Error("always as of now");
  });

  it("is given up when it is left: another that subscribes is not disturbed", async () => {
    const { rig, log } = await openPushed(1);
    const [shard] = log.identity.roster as [ShardId];
    await readOn(log, shard, null, () => callsOf(rig, "SubscribeToShard") > 0);
    log.leave?.(shard);
    const after = callsOf(rig, "SubscribeToShard");
    rig.kinesis.faults.add({ fault: "brokenSubscription" });
    await log.append(entries(5, "a"));
    for (let waits = 0; waits < 20; waits++) await log.wait(LOOK_AGAIN_AFTER_MS);
    expect(callsOf(rig, "SubscribeToShard")).toBe(after);
  });

  it("fails when its consumer is no longer registered, or the stream is deleted", async () => {
    for (const operation of ["DeregisterStreamConsumer", "DeleteStream"] as const) {
      const rig = await aKinesis(1, QUICK);
      const pushed = await pushedBy(rig);
      const log = await rig.open({ ...pushed, clock: hurried });
      const [shard] = log.identity.roster as [ShardId];
      await readOn(log, shard, null, () => callsOf(rig, "SubscribeToShard") > 0);
      if (operation === "DeleteStream")
        await rig.kinesis.service.call("DeleteStream", {
          StreamName: rig.stream,
          EnforceConsumerDeletion: true,
        });
      else
        await rig.kinesis.service.call("DeregisterStreamConsumer", {
          ConsumerARN: pushed.fanOut.consumerArn,
        });
      await expect(
        readOn(log, shard, null, () => false),
        operation,
      ).rejects.toMatchObject({
        kind: "missing",
      });
    }
  });
});
