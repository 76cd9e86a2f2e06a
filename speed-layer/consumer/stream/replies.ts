import type {
  _Record,
  ChildShard as SdkChildShard,
  GetRecordsOutput,
  GetShardIteratorInput,
  Shard,
  ShardFilter,
  StartingPosition,
  SubscribeToShardEvent,
} from "@aws-sdk/client-kinesis";
import type { HashRange } from "../lease/lease.js";
import type { ListedShard } from "../plan/newLeases.js";
import type { ChildShard } from "../plan/shardEnd.js";
import {
  type FanOutEvent,
  type Reply,
  type StartingPoint,
  StreamFailure,
  type StreamRecord,
} from "./stream.js";

const required = <T>(value: T | undefined, member: string): T => {
  if (value === undefined)
    throw new StreamFailure("unavailable", "reading Kinesis' answer", `it has no ${member}`);
  return value;
};

const hashRangeOf = (range: Shard["HashKeyRange"]): HashRange => ({
  first: BigInt(required(range?.StartingHashKey, "StartingHashKey")),
  last: BigInt(required(range?.EndingHashKey, "EndingHashKey")),
});

export const readShard = (shard: Shard): ListedShard => ({
  id: required(shard.ShardId, "ShardId"),
  parents: [shard.ParentShardId, shard.AdjacentParentShardId].filter((id) => id !== undefined).sort(),
  hashRange: hashRangeOf(shard.HashKeyRange),
  closed: shard.SequenceNumberRange?.EndingSequenceNumber !== undefined,
});

const readChild = (child: SdkChildShard): ChildShard => ({
  id: required(child.ShardId, "ShardId"),
  parents: [...required(child.ParentShards, "ParentShards")].sort(),
  hashRange: hashRangeOf(child.HashKeyRange),
});

const readRecord = (record: _Record): StreamRecord => ({
  sequence: required(record.SequenceNumber, "SequenceNumber"),
  arrivalMs: record.ApproximateArrivalTimestamp?.getTime() ?? 0,
  partitionKey: record.PartitionKey ?? null,
  data: required(record.Data, "Data"),
});

const readChildren = (children: readonly SdkChildShard[] | undefined): readonly ChildShard[] | null =>
  children && children.length > 0 ? children.map(readChild) : null;

export const readReply = (output: GetRecordsOutput): Reply => ({
  records: (output.Records ?? []).map(readRecord),
  nextIterator: output.NextShardIterator ?? null,
  children: readChildren(output.ChildShards),
  behindMs: output.MillisBehindLatest ?? 0,
});

export const readEvent = (event: SubscribeToShardEvent): FanOutEvent => ({
  records: (event.Records ?? []).map(readRecord),
  continueAfter: event.ContinuationSequenceNumber ?? null,
  children: readChildren(event.ChildShards),
  behindMs: event.MillisBehindLatest ?? 0,
});

export const filterOf = (point: StartingPoint): ShardFilter => {
  switch (point.kind) {
    case "latest":
      return { Type: "AT_LATEST" };
    case "timestamp":
      return { Type: "AT_TIMESTAMP", Timestamp: new Date(point.timeMs) };
    default:
      return { Type: "AT_TRIM_HORIZON" };
  }
};

export const iteratorOf = (
  point: StartingPoint,
): Pick<GetShardIteratorInput, "ShardIteratorType" | "StartingSequenceNumber" | "Timestamp"> => {
  const { Type, SequenceNumber, Timestamp } = positionOf(point);
  return {
    ShardIteratorType: Type,
    ...(SequenceNumber === undefined ? {} : { StartingSequenceNumber: SequenceNumber }),
    ...(Timestamp === undefined ? {} : { Timestamp }),
  };
};

export const positionOf = (point: StartingPoint): StartingPosition => {
  switch (point.kind) {
    case "trimHorizon":
      return { Type: "TRIM_HORIZON" };
    case "latest":
      return { Type: "LATEST" };
    case "timestamp":
      return { Type: "AT_TIMESTAMP", Timestamp: new Date(point.timeMs) };
    case "atSequence":
      return { Type: "AT_SEQUENCE_NUMBER", SequenceNumber: point.sequence };
    case "afterSequence":
      return { Type: "AFTER_SEQUENCE_NUMBER", SequenceNumber: point.sequence };
  }
};
