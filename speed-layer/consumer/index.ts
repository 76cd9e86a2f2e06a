export { type Clock, systemClock } from "./clock.js";
export { type Consumer, type ConsumerOptions, startConsumer } from "./consumer.js";
export { createSubscriber, type SubscriberOptions } from "./fanOut/subscriber.js";
export { LeaseRowError } from "./dynamo/item.js";
export { type LeaseKeys, multiStreamKeys, singleStreamKeys } from "./dynamo/leaseKeys.js";
export { LeaseTableError, leaseTableDefinition } from "./dynamo/openLeaseTable.js";
export { comparePositions, compareSequences, type Position } from "./lease/position.js";
export type { InitialPosition, ListedShard } from "./plan/newLeases.js";
export type { TakeReason } from "./plan/ownership.js";
export type { PaceSettings } from "./polling/pace.js";
export { createPoller, type PollerOptions } from "./polling/poller.js";
export { eachBatch, type EachBatchOptions } from "./session/eachBatch.js";
export type { Misrouted } from "./session/misrouted.js";
export type { ConsumedRecord, Unpacking } from "./session/record.js";
export type { Batch, ProcessShard, SessionEnd, ShardSession } from "./session/shardSession.js";
export type { PrefetchLimits } from "./source/prefetch.js";
export { createReadBudget, type ReadBudget } from "./source/readBudget.js";
export type { Delivery, RecordSource } from "./source/source.js";
export { failureOf } from "./stream/failures.js";
export { createFanOutStream, createKinesisStream, type StreamAddress } from "./stream/kinesisStream.js";
export {
  type FailureKind,
  type FanOutEvent,
  type FanOutStream,
  type KinesisStream,
  type StartingPoint,
  StreamFailure,
  type StreamRecord,
} from "./stream/stream.js";
export type { ShardStatus } from "./worker/lags.js";
export type { LoopDelay } from "./worker/loopDelay.js";
export type { Report, SyncReason } from "./worker/report.js";
export { DEFAULT_SETTINGS, type WorkerSettings } from "./worker/settings.js";
export type { Worker } from "./worker/worker.js";
