export { createKinesisClient } from "./client.js";
export { createKinesisStream, type StreamAddress } from "./kinesisStream.js";
export {
  AGGREGATE_BYTES,
  type KinesisCounters,
  type KinesisTransport,
  type KinesisTransportOptions,
  kinesisTransport,
} from "./kinesisTransport.js";
export type { Misrouted } from "./landing.js";
export type { OpenShard } from "./shardMap.js";
export type { PutEntry, PutFailureKind, PutResult, StreamTraits, WritableStream } from "./stream.js";
export { PutFailure } from "./stream.js";
