import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@freshet/sdk";
import { createSimulatedKinesis, freePort, serveKinesis, UNTHROTTLED } from "@freshet/simulators";
import { type AwsLineConfig, awsServices, makeBucket, makeStoreTable, makeStream } from "@freshet/storage";
import { EXIT, Failure } from "../output/failure.js";
import { createClosers } from "../wiring/closers.js";
import { findProgram, type LocalProgram, MINISTACK, VERSITYGW } from "./findProgram.js";
import { type RunningProgram, runProgram } from "./runProgram.js";

const NAME = "freshet";
const REGION = "us-east-1";
/** These servers take any. */
const CREDENTIALS = { accessKeyId: "123456789012", secretAccessKey: "local-server" } as const;
const POLL_MS = 250;

export interface AwsLocal {
  /** A store file: other commands take it with --store. */
  readonly storeFile: string;
  /** Ends the servers, and removes all that they kept. */
  close(): Promise<void>;
}

const programOf = (program: LocalProgram): string => {
  const found = findProgram(program, process.env, process.cwd());
  if (found) return found;
  throw new Failure(
    `--on aws-local needs ${program.name}, and it is not installed: ${program.howTo}, or set ${program.variable} to its executable.`,
    EXIT.usage,
  );
};

const startDynamo = async (program: string, dir: string): Promise<RunningProgram> => {
  const port = await freePort();
  const environment = { BIND_HOST: "127.0.0.1", GATEWAY_PORT: String(port), HOME: dir, TMPDIR: dir };
  return runProgram({ command: [program], environment, port, dir });
};

const startS3 = async (program: string, dir: string): Promise<RunningProgram> => {
  const port = await freePort();
  const [objects, attributes] = [join(dir, "objects"), join(dir, "attributes")];
  for (const part of [objects, attributes]) await mkdir(part);
  const environment = {
    ROOT_ACCESS_KEY: CREDENTIALS.accessKeyId,
    ROOT_SECRET_KEY: CREDENTIALS.secretAccessKey,
  };
  const command = [
    program,
    "--port",
    `127.0.0.1:${port}`,
    "posix",
    "--sidecar",
    attributes,
    objects,
  ] as const;
  return runProgram({ command: [...command], environment, port, dir });
};

/**
 * Servers on this machine that speak AWS' protocols, with a stream, a table and a bucket: the simulated Kinesis in this process
 * (its rates lifted), MiniStack's DynamoDB and the Versity gateway's S3. All begins empty. @throws Failure where one is not installed
 */
export const startAwsLocal = async (shards: number): Promise<AwsLocal> => {
  const [ministack, versitygw] = [programOf(MINISTACK), programOf(VERSITYGW)];
  const closers = createClosers();
  try {
    const dir = await mkdtemp(join(tmpdir(), "freshet-aws-local-"));
    closers.add(() => rm(dir, { recursive: true, force: true }));
    const { service } = createSimulatedKinesis({ seed: NAME, clock: systemClock, limits: UNTHROTTLED });
    const kinesis = await serveKinesis(service);
    closers.add(() => kinesis.close());
    const dynamo = await startDynamo(ministack, dir);
    closers.add(() => dynamo.stop());
    const s3 = await startS3(versitygw, dir);
    closers.add(() => s3.stop());
    const store: AwsLineConfig = {
      kind: "aws",
      region: REGION,
      stream: NAME,
      table: NAME,
      bucket: NAME,
      localDir: join(dir, "local"),
      endpoints: { kinesis: kinesis.endpoint, dynamodb: dynamo.endpoint, s3: s3.endpoint },
      credentials: CREDENTIALS,
      pollMs: POLL_MS,
    };
    const services = awsServices(store);
    await makeStream(services, shards);
    await makeStoreTable(services);
    await makeBucket(services);
    const storeFile = join(dir, "store.json");
    await writeFile(storeFile, `${JSON.stringify(store, null, 2)}\n`);
    return { storeFile, close: () => closers.close() };
  } catch (error) {
    await closers.close();
    throw error;
  }
};
