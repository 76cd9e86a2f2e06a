import {
  deregisterConsumer,
  describeConsumer,
  listConsumers,
  registerConsumer,
} from "./operations/consumers.js";
import { getRecords } from "./operations/getRecords.js";
import { getShardIterator } from "./operations/iterator.js";
import { listShards } from "./operations/listShards.js";
import { putRecord, putRecords } from "./operations/put.js";
import { mergeShards, splitShard, updateShardCount } from "./operations/reshard.js";
import {
  createStream,
  decreaseRetention,
  deleteStream,
  describeStream,
  describeStreamSummary,
  increaseRetention,
  listStreams,
  updateDistribution,
  updateMaxRecordSize,
  updateStreamMode,
} from "./operations/streams.js";

/** What is asked and answered once, in the shapes of the SDK's inputs and outputs. SubscribeToShard answers many times, and stands apart. */
export const OPERATIONS = {
  CreateStream: createStream,
  DecreaseStreamRetentionPeriod: decreaseRetention,
  DeleteStream: deleteStream,
  DeregisterStreamConsumer: deregisterConsumer,
  DescribeStream: describeStream,
  DescribeStreamConsumer: describeConsumer,
  DescribeStreamSummary: describeStreamSummary,
  GetRecords: getRecords,
  GetShardIterator: getShardIterator,
  IncreaseStreamRetentionPeriod: increaseRetention,
  ListShards: listShards,
  ListStreamConsumers: listConsumers,
  ListStreams: listStreams,
  MergeShards: mergeShards,
  PutRecord: putRecord,
  PutRecords: putRecords,
  RegisterStreamConsumer: registerConsumer,
  SplitShard: splitShard,
  UpdateMaxRecordSize: updateMaxRecordSize,
  UpdateShardCount: updateShardCount,
  UpdateStreamMode: updateStreamMode,
  UpdateStreamRecordDistributionStrategy: updateDistribution,
} as const;

export type UnaryOperation = keyof typeof OPERATIONS;
export type Operation = UnaryOperation | "SubscribeToShard";
export type InputOf<N extends UnaryOperation> = Parameters<(typeof OPERATIONS)[N]>[1];
export type OutputOf<N extends UnaryOperation> = ReturnType<(typeof OPERATIONS)[N]>;

export const isUnaryOperation = (name: string): name is UnaryOperation => Object.hasOwn(OPERATIONS, name);
