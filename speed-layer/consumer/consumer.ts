import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { KinesisClient } from "@aws-sdk/client-kinesis";
import { randomInt, randomUUID } from "node:crypto";
import { type Clock, systemClock } from "./clock.js";
import { type LeaseKeys, singleStreamKeys } from "./dynamo/leaseKeys.js";
import { openLeaseTable } from "./dynamo/openLeaseTable.js";
import { createSubscriber } from "./fanOut/subscriber.js";
import type { InitialPosition } from "./plan/newLeases.js";
import { createPoller } from "./polling/poller.js";
import type { ProcessShard } from "./session/shardSession.js";
import type { ReadBudget } from "./source/readBudget.js";
import type { RecordSource } from "./source/source.js";
import { createFanOutStream, createKinesisStream, type StreamAddress } from "./stream/kinesisStream.js";
import type { StartingPoint } from "./stream/stream.js";
import { type LoopDelay, watchLoop } from "./worker/loopDelay.js";
import type { Report } from "./worker/report.js";
import { DEFAULT_SETTINGS, type WorkerSettings } from "./worker/settings.js";
import { startWorker, type Worker } from "./worker/worker.js";

/** Kinesis sends a subscription an event every few seconds, with records or without; the KCL gives up after as long. */
const SILENCE_MS = 35_000;
const RANDOM_STEPS = 2 ** 32;

export interface ConsumerOptions {
  /** Its handler decides how requests travel; `maxAttempts` is best left low, since the consumer itself tries again. */
  readonly kinesis: KinesisClient;
  readonly dynamo: DynamoDBClient;
  readonly stream: StreamAddress;
  /** Of the lease table: one for each application, as with the KCL. */
  readonly application: string;
  readonly process: ProcessShard;
  /** Where shards begin that have no lease yet; the oldest record where absent. */
  readonly initial?: InitialPosition;
  /** Reads by enhanced fan-out as this registered consumer, instead of polling. */
  readonly fanOutConsumerArn?: string;
  /** Unique among all workers there are and were; drawn where absent. */
  readonly workerId?: string;
  readonly leaseKeys?: LeaseKeys;
  /** Whether the lease table is made when it is not there; true where absent. */
  readonly createsTable?: boolean;
  readonly settings?: Partial<WorkerSettings>;
  readonly report?: (report: Report) => void;
  readonly clock?: Clock;
}

export interface Consumer extends Worker {
  readonly loopDelay: LoopDelay;
}

/**
 * Consumes a stream together with all other workers of the application, until it is stopped.
 * @throws LeaseTableError, and what the SDK throws, before anything is read
 */
export const startConsumer = async (options: ConsumerOptions): Promise<Consumer> => {
  const { kinesis, fanOutConsumerArn, clock = systemClock(), report = () => {} } = options;
  const settings = { ...DEFAULT_SETTINGS, ...options.settings };
  const stream = createKinesisStream(kinesis, options.stream);
  const fanOut = fanOutConsumerArn === undefined ? null : createFanOutStream(kinesis, fanOutConsumerArn);
  const random = (): number => randomInt(RANDOM_STEPS) / RANDOM_STEPS;
  const store = await openLeaseTable({
    client: options.dynamo,
    tableName: options.application,
    keys: options.leaseKeys ?? singleStreamKeys,
    clock,
    creates: options.createsTable ?? true,
  });

  const openSource = (shard: string, from: StartingPoint, budget: ReadBudget): RecordSource => {
    const common = {
      stream,
      shard,
      from,
      clock,
      random,
      budget,
      prefetch: { recordsMax: settings.prefetchRecordsMax, bytesMax: settings.prefetchBytesMax },
      requestTimeoutMs: settings.requestTimeoutMs,
      onFailure: (failure: Extract<Report, { kind: "readFailed" }>["failure"]) =>
        report({ kind: "readFailed", shard, failure }),
    };
    return fanOut
      ? createSubscriber({ ...common, fanOut, silenceMs: SILENCE_MS })
      : createPoller({ ...common, pace: settings });
  };

  const worker = startWorker({
    id: options.workerId ?? randomUUID(),
    store,
    stream,
    initial: options.initial ?? { kind: "trimHorizon" },
    process: options.process,
    openSource,
    settings,
    clock,
    random,
    report,
  });
  const loop = watchLoop(clock);
  const stopWatching = (): void => loop.stop();
  worker.done.then(stopWatching, stopWatching);
  return {
    get shards() {
      return worker.shards;
    },
    get loopDelay() {
      return loop.read();
    },
    stop: worker.stop,
    done: worker.done,
  };
};
