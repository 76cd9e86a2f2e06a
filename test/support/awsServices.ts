import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@freshet/sdk";
import {
  createGate,
  createSimulatedKinesis,
  serveKinesis,
  type SimulatedKinesis,
  type SimulatedKinesisOptions,
  UNTHROTTLED,
} from "@freshet/simulators";
import type { AwsLineConfig } from "@freshet/storage";
import { type Bucket, serveStores } from "@freshet/storage/testing";

export const NAME = "freshet";
const CREDENTIALS = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" } as const;

export interface AwsServicesOptions {
  readonly shards?: number;
  readonly kinesis?: Partial<SimulatedKinesisOptions>;
  /** Only what its key has signed is let in. */
  readonly checksKeys?: boolean;
  /** How far the services' clocks are ahead of this machine's. */
  readonly aheadMs?: number;
  readonly store?: Partial<AwsLineConfig>;
}

/** Kinesis, DynamoDB and S3 in this process, on 127.0.0.1, and a store file that names them. */
export interface AwsServices {
  readonly kinesis: SimulatedKinesis;
  readonly bucket: Bucket;
  readonly store: AwsLineConfig;
  readonly storeFile: string;
  /** Another store file beside it. */
  storeWith(name: string, changes: Readonly<Record<string, unknown>>): Promise<string>;
  makeForeignTable(name: string): Promise<void>;
  close(): Promise<void>;
}

export const startAwsServices = async (options: AwsServicesOptions = {}): Promise<AwsServices> => {
  const { shards = 2, checksKeys = false, aheadMs = 0 } = options;
  const dir = await mkdtemp(join(tmpdir(), "freshet-aws-"));
  const kinesis = createSimulatedKinesis({
    seed: NAME,
    clock: systemClock,
    limits: UNTHROTTLED,
    ...options.kinesis,
  });
  await kinesis.service.call("CreateStream", { StreamName: NAME, ShardCount: shards });
  const gate = createGate({ ...CREDENTIALS, nowMs: () => Date.now() + aheadMs });
  const served = await serveKinesis(kinesis.service, checksKeys ? { gate } : {});
  const stores = await serveStores({
    name: NAME,
    aheadMs,
    ...(checksKeys && { accessKeyId: CREDENTIALS.accessKeyId }),
  });
  const store: AwsLineConfig = {
    kind: "aws",
    region: "us-east-1",
    stream: NAME,
    table: NAME,
    bucket: NAME,
    localDir: join(dir, "local"),
    endpoints: { kinesis: served.endpoint, dynamodb: stores.dynamo, s3: stores.s3 },
    credentials: CREDENTIALS,
    pollMs: 50,
    ...options.store,
  };
  const storeWith: AwsServices["storeWith"] = async (name, changes) => {
    const file = join(dir, name);
    await writeFile(file, JSON.stringify({ ...store, ...changes }));
    return file;
  };
  return {
    kinesis,
    bucket: stores.bucket,
    store,
    storeFile: await storeWith("store.json", {}),
    storeWith,
    makeForeignTable: (name) => stores.makeForeignTable(name),
    async close() {
      await served.close();
      await stores.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
};
