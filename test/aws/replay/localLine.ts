import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@freshet/sdk";
import { createSimulatedKinesis, serveKinesis, UNTHROTTLED } from "@freshet/simulators";
import { type AwsLineConfig, awsServices, makeBucket, makeStoreTable, makeStream } from "@freshet/storage";
import { TEST_CREDENTIALS, TEST_REGION } from "@freshet/storage/testing";

const NAME = "freshet";
/** Between reads of a shard that stands at its end. */
const POLL_MS = 100;

export interface LocalLine {
  readonly store: AwsLineConfig;
  readonly dir: string;
  close(): Promise<void>;
}

/** A stream of the simulated Kinesis over a socket, with a table and a bucket on servers of others, all empty. */
export const openLocalLine = async (
  shards: number,
  servers: { readonly dynamodb: string; readonly s3: string },
): Promise<LocalLine> => {
  const dir = await mkdtemp(join(tmpdir(), "freshet-line-"));
  const { service } = createSimulatedKinesis({ seed: NAME, clock: systemClock, limits: UNTHROTTLED });
  const kinesis = await serveKinesis(service);
  const store: AwsLineConfig = {
    kind: "aws",
    region: TEST_REGION,
    stream: NAME,
    table: NAME,
    bucket: NAME,
    localDir: join(dir, "local"),
    endpoints: { kinesis: kinesis.endpoint, ...servers },
    credentials: TEST_CREDENTIALS,
    pollMs: POLL_MS,
  };
  const services = awsServices(store);
  await makeStream(services, shards);
  await makeStoreTable(services);
  await makeBucket(services);
  return {
    store,
    dir,
    async close() {
      await kinesis.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
};
