import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { KinesisClient } from "@aws-sdk/client-kinesis";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { systemClock } from "../clock.js";
import { startConsumer } from "../consumer.js";
import type { ProcessShard } from "../session/shardSession.js";
import { watchLoop } from "../worker/loopDelay.js";

/*
 * What a consumer takes before a user's code: requests over a socket, replies parsed, records taken apart, batches pulled. The rate is of
 * its own CPU time; the delay of the event loop is that of 64 full shards, beside that of the same process before it began.
 */
const WARM_UP_MS = 5_000;
const RUN_MS = 8_000;
const IDLE_MS = 3_000;
const MB = 1e6;
const MB_PER_CPU_SECOND_MIN = 100;
const DELAY_P99_MS_MAX = 50;

interface Case {
  readonly shards: number;
  /** In a reply at most, of 1,000 bytes each. */
  readonly records: number;
  readonly behindMs: number;
}
/** Far behind: as much as the shards' 2 MB/s allow, which is more than a core takes. */
const CATCHING_UP: Case = { shards: 160, records: 10_000, behindMs: 3_600_000 };
/** At the end of shards into which as much is written as they take: 1 MB/s each. */
const FULL_SHARDS: Case = { shards: 64, records: 1_000, behindMs: 0 };

const credentials = { accessKeyId: "key", secretAccessKey: "secret" } as const;
const region = "us-east-1";

const consume = async ({ shards, records, behindMs }: Case) => {
  const server = fork(new URL("./replyServer.js", import.meta.url), [shards, records, behindMs].map(String));
  const [{ kinesis, dynamo }] = (await once(server, "message")) as [{ kinesis: string; dynamo: string }];
  const before = watchLoop(systemClock());
  await sleep(IDLE_MS);
  const idle = before.read();
  before.stop();

  let bytes = 0;
  const work: ProcessShard = async (session) => {
    for await (const batch of session) {
      for (const { data } of batch.records) bytes += data.length;
      if (batch.through) session.accept(batch.through);
    }
  };
  const sockets = { keepAlive: true, maxSockets: 64 };
  const consumer = await startConsumer({
    kinesis: new KinesisClient({
      region,
      credentials: { ...credentials },
      endpoint: kinesis,
      requestHandler: new NodeHttpHandler({ httpAgent: sockets }),
    }),
    dynamo: new DynamoDBClient({ region, credentials: { ...credentials }, endpoint: dynamo }),
    stream: { StreamName: "bench" },
    application: "bench",
    process: work,
  });
  await sleep(WARM_UP_MS);
  const loop = watchLoop(systemClock());
  const [fromBytes, fromCpu, fromMs] = [bytes, process.cpuUsage(), performance.now()];
  await sleep(RUN_MS);
  const { user, system } = process.cpuUsage(fromCpu);
  const read = bytes - fromBytes;
  const seconds = (performance.now() - fromMs) / 1000;
  const result = {
    megabytesPerCpuSecond: read / MB / ((user + system) / 1e6),
    megabytesPerSecond: read / MB / seconds,
    cores: (user + system) / 1e6 / seconds,
    loop: loop.read(),
    idle,
    shards: consumer.shards.length,
  };
  loop.stop();
  const stopped = consumer.stop();
  await stopped;
  server.disconnect();
  return result;
};

const report = (result: object): void => console.log(JSON.stringify(result));

const fast = await consume(CATCHING_UP);
report({
  name: "GetRecords payload before a user's code, a second of CPU",
  value: fast.megabytesPerCpuSecond,
  unit: "MB/s",
  min: MB_PER_CPU_SECOND_MIN,
  megabytesPerSecond: fast.megabytesPerSecond,
  cores: fast.cores,
  shards: fast.shards,
});
const full = await consume(FULL_SHARDS);
report({
  name: "delay of the event loop with 64 full shards on one worker, p99",
  value: full.loop.p99Ms,
  unit: "ms",
  max: DELAY_P99_MS_MAX,
  longest: full.loop.maxMs,
  beforeItBegan: full.idle.p99Ms,
  megabytesPerSecond: full.megabytesPerSecond,
  cores: full.cores,
  shards: full.shards,
});
process.exit();
