import { randomUUID } from "node:crypto";
import { KinesisClient } from "@aws-sdk/client-kinesis";
import { systemClock } from "@freshet/sdk";
import {
  createRequestHandler,
  createSimulatedKinesis,
  type SimulatedKinesis,
  type SimulatedKinesisOptions,
  UNTHROTTLED,
} from "@freshet/simulators";
import type { LogCreation, Records, ShardAdmin, ShardLog } from "@freshet/storage";
import { createMemoryRecords, type KinesisLogOptions, openKinesisLog } from "@freshet/storage/testing";
import { onTestFinished } from "vitest";

export const CREATION: LogCreation = {
  shards: 1,
  segmentMs: 1_000,
  segmentEventsMax: 100,
  dedupeHorizonMs: 60_000,
};
const QUICK = { idlePollMs: 10, busyPollMs: 2, backOffMinMs: 5, backOffMaxMs: 20 };

export interface KinesisRig {
  readonly kinesis: SimulatedKinesis;
  readonly stream: string;
  readonly records: Records;
  client(): KinesisClient;
  /** Closed when the running test ends. */
  open(options?: Partial<KinesisLogOptions>): Promise<ShardLog & ShardAdmin>;
}

/** A stream of the simulated Kinesis in real time, and logs on it. */
export const aKinesis = async (
  shards: number,
  options: Partial<SimulatedKinesisOptions> = {},
): Promise<KinesisRig> => {
  const kinesis = createSimulatedKinesis({ seed: 1, clock: systemClock, limits: UNTHROTTLED, ...options });
  const stream = `log-${randomUUID()}`;
  await kinesis.service.call("CreateStream", {
    StreamName: stream,
    ShardCount: shards,
    MaxRecordSizeInKiB: 10_240,
  });
  const records = createMemoryRecords();
  const client = (): KinesisClient =>
    new KinesisClient({
      region: "us-east-1",
      credentials: { accessKeyId: "k", secretAccessKey: "s" },
      requestHandler: createRequestHandler(kinesis.service, systemClock),
      maxAttempts: 1,
    });
  return {
    kinesis,
    stream,
    records,
    client,
    async open(overrides) {
      const log = await openKinesisLog({
        client: client(),
        stream,
        records,
        create: CREATION,
        now: Date.now,
        clock: systemClock,
        random: Math.random,
        pace: QUICK,
        ...overrides,
      });
      onTestFinished(() => log.close());
      return log;
    },
  };
};
