import type { _Record, ChildShard, GetRecordsInput, GetRecordsOutput } from "@aws-sdk/client-kinesis";
import { invalidMember, KinesisError, required, unlessDryRun } from "../errors.js";
import { type Context, shardIn, streamOf } from "../state/account.js";
import { placeOf, type Position, type Shard, type StoredRecord, takeFrom } from "../state/shard.js";
import { shardsOf, type Stream } from "../state/stream.js";
import { decodeIterator, encodeIterator } from "./iterator.js";

/** @throws KinesisError */
export const getRecords = (context: Context, input: GetRecordsInput): GetRecordsOutput => {
  const { nowMs, account } = context;
  const iterator = decodeIterator(context, required(input.ShardIterator, "shardIterator"));
  const stream = streamOf(context, { StreamName: iterator.stream, StreamARN: input.StreamARN });
  if (stream.createdMs !== iterator.streamCreatedMs)
    throw new KinesisError(
      "ResourceNotFoundException",
      `The iterator is of an earlier stream ${stream.name}.`,
    );
  if (context.strikes("expiredIterator"))
    throw new KinesisError("ExpiredIteratorException", "Iterator expired. (injected)");
  const shard = shardIn(context, stream, iterator.shard);
  unlessDryRun(input);
  holdToBudget(context, stream, shard);

  const countMax = limitOf(input.Limit, account.limits.getRecordsMax);
  const place = placeOf(shard, iterator.position);
  const { records, bytes } = context.strikes("emptyRead")
    ? { records: [], bytes: 0 }
    : takeFrom(shard, place, countMax, account.limits.getRecordsBytesMax);
  shard.budget.readBytes.owe(bytes, nowMs);

  const read = {
    Records: records.map((record) => publishedRecord(record, stream)),
    MillisBehindLatest: millisBehind(shard, place + records.length, nowMs),
  };
  if (isAtEnd(shard, place + records.length)) {
    // As KCL has seen it (its DataRetrievalUtil): no iterator, and no children either. A reader asks again.
    if (context.strikes("endWithoutChildren")) return read;
    return { ...read, ChildShards: childShards(stream, shard) };
  }
  const last = records.at(-1);
  const position: Position = last ? { sequence: last.sequence, after: true } : iterator.position;
  return { ...read, NextShardIterator: encodeIterator({ ...iterator, position, madeMs: nowMs }) };
};

const holdToBudget = ({ nowMs, account }: Context, stream: Stream, shard: Shard): void => {
  const { reads, readBytes } = shard.budget;
  if (!readBytes.isOpen(nowMs) || !reads.take(1, nowMs))
    throw new KinesisError(
      "ProvisionedThroughputExceededException",
      `Rate exceeded for shard ${shard.id} in stream ${stream.name} under account ${account.id}.`,
    );
};

const limitOf = (limit: number | undefined, max: number): number => {
  if (limit === undefined) return max;
  if (limit < 1 || limit > max) throw invalidMember("limit", `Member must have value between 1 and ${max}`);
  return limit;
};

/** Whether a reader at this place has had everything that the shard will ever hold. */
export const isAtEnd = (shard: Shard, place: number): boolean =>
  shard.closed !== null && place >= shard.records.length;

export const millisBehind = (shard: Shard, place: number, nowMs: number): number => {
  const next = shard.records[place];
  return next ? Math.max(0, nowMs - next.arrivalMs) : 0;
};

export const publishedRecord = (
  { sequence, arrivalMs, partitionKey, data }: StoredRecord,
  stream: Stream,
): _Record => ({
  SequenceNumber: sequence,
  ApproximateArrivalTimestamp: new Date(arrivalMs),
  Data: data,
  PartitionKey: partitionKey,
  EncryptionType: stream.encryption,
});

export const childShards = (stream: Stream, shard: Shard): ChildShard[] =>
  shardsOf(stream)
    .filter(({ id }) => shard.children.includes(id))
    .map((child) => ({
      ShardId: child.id,
      ParentShards: [...child.parents],
      HashKeyRange: hashKeyRange(child),
    }));

export const hashKeyRange = ({
  hashRange,
}: Shard): { readonly StartingHashKey: string; readonly EndingHashKey: string } => ({
  StartingHashKey: String(hashRange.first),
  EndingHashKey: String(hashRange.last),
});
