import type { Server } from "node:http";
import { systemClock } from "@freshet/sdk";
import {
  createRequestHandler,
  createSimulatedKinesis,
  type SimulatedKinesis,
  type SimulatedKinesisOptions,
} from "@freshet/simulators";
import type { AwsLineConfig } from "@freshet/storage";
import { createDynalite, createMemoryS3, makeTestTable, serverDynamoClient } from "@freshet/storage/testing";
import { listenTo } from "./listener.js";
import type { Service } from "./serviceOf.js";
import type { Listener } from "./wire.js";

export const STREAM = "events";
export const TABLE = "freshet";
const BUCKET = "lake";

/** Kinesis, DynamoDB and S3 in this process, for wires to lead to. */
export interface Services {
  readonly kinesis: SimulatedKinesis;
  readonly listeners: Readonly<Record<Service, Listener>>;
  /** Of the process whose wire listens there. */
  configOf(endpoint: string, localDir: string, more?: Partial<AwsLineConfig>): AwsLineConfig;
  /** The stream and the bucket are there; makes the table. */
  makeTable(endpoint: string): Promise<void>;
  close(): Promise<void>;
}

export const startServices = async (
  shards: number,
  options: Omit<SimulatedKinesisOptions, "clock">,
): Promise<Services> => {
  const kinesis = createSimulatedKinesis({ clock: systemClock, ...options });
  await kinesis.service.call("CreateStream", {
    StreamName: STREAM,
    ShardCount: shards,
    MaxRecordSizeInKiB: 10_240,
  });
  const dynalite: Server = createDynalite();
  return {
    kinesis,
    listeners: {
      kinesis: listenTo(createRequestHandler(kinesis.service, systemClock)),
      dynamodb: (request, response) => void dynalite.emit("request", request, response),
      s3: listenTo(createMemoryS3(BUCKET).handler),
    },
    configOf: (endpoint, localDir, more) => ({
      kind: "aws",
      region: "us-east-1",
      credentials: { accessKeyId: "key", secretAccessKey: "secret" },
      endpoints: { kinesis: endpoint, dynamodb: endpoint, s3: endpoint },
      stream: STREAM,
      table: TABLE,
      bucket: BUCKET,
      localDir,
      ...more,
    }),
    async makeTable(endpoint) {
      const client = serverDynamoClient(endpoint);
      await makeTestTable(client, TABLE);
      client.destroy();
    },
    close: () =>
      new Promise((resolve) => {
        dynalite.close(() => resolve());
      }),
  };
};
