import type {
  GetShardIteratorInput,
  GetShardIteratorOutput,
  ShardIteratorType,
} from "@aws-sdk/client-kinesis";
import { invalidArgument, KinesisError, required, unlessDryRun } from "../errors.js";
import { type Context, shardIn, streamOf } from "../state/account.js";
import { parseSequence } from "../state/sequence.js";
import { newestOf, OLDEST, type Position, positionAt, type Shard } from "../state/shard.js";

/** What an iterator says; on the wire it is opaque. */
export interface ShardIterator {
  readonly stream: string;
  readonly streamCreatedMs: number;
  readonly shard: string;
  readonly position: Position;
  readonly madeMs: number;
}

export const encodeIterator = (iterator: ShardIterator): string =>
  Buffer.from(JSON.stringify(iterator)).toString("base64");

/** @throws KinesisError InvalidArgumentException for what was never an iterator, ExpiredIteratorException */
export const decodeIterator = ({ account, nowMs }: Context, text: string): ShardIterator => {
  const iterator = parse(text);
  if (nowMs - iterator.madeMs > account.limits.iteratorLifeMs)
    throw new KinesisError(
      "ExpiredIteratorException",
      `Iterator expired. The iterator was created at time ${new Date(iterator.madeMs).toISOString()} while right now it is ` +
        `${new Date(nowMs).toISOString()} which is further in the future than the tolerated delay of ${account.limits.iteratorLifeMs} milliseconds.`,
    );
  return iterator;
};

const parse = (text: string): ShardIterator => {
  try {
    const value = JSON.parse(Buffer.from(text, "base64").toString()) as ShardIterator;
    if (typeof value.shard === "string" && typeof value.position.sequence === "string") return value;
  } catch {
    // Said below.
  }
  throw invalidArgument("Invalid ShardIterator.");
};

/** @throws KinesisError */
export const getShardIterator = (context: Context, input: GetShardIteratorInput): GetShardIteratorOutput => {
  const stream = streamOf(context, input);
  const shard = shardIn(context, stream, required(input.ShardId, "shardId"));
  unlessDryRun(input);
  if (!shard.budget.iterators.take(1, context.nowMs))
    throw new KinesisError(
      "ProvisionedThroughputExceededException",
      `Rate exceeded for GetShardIterator of shard ${shard.id} in stream ${stream.name}.`,
    );
  const position = startOf(context, shard, {
    type: required(input.ShardIteratorType, "shardIteratorType"),
    sequence: input.StartingSequenceNumber,
    timestamp: input.Timestamp,
  });
  return {
    ShardIterator: encodeIterator({
      stream: stream.name,
      streamCreatedMs: stream.createdMs,
      shard: shard.id,
      position,
      madeMs: context.nowMs,
    }),
  };
};

export interface Start {
  readonly type: ShardIteratorType;
  readonly sequence: string | undefined;
  readonly timestamp: Date | undefined;
}

/**
 * A sequence or time before the oldest record left stands for that record.
 * @throws KinesisError InvalidArgumentException
 */
export const startOf = ({ nowMs }: Context, shard: Shard, { type, sequence, timestamp }: Start): Position => {
  switch (type) {
    case "TRIM_HORIZON":
      return OLDEST;
    case "LATEST":
      return newestOf(shard);
    case "AT_SEQUENCE_NUMBER":
    case "AFTER_SEQUENCE_NUMBER": {
      if (sequence === undefined)
        throw invalidArgument(`Must specify a sequence number for iterator type ${type}.`);
      return {
        sequence: parseSequence(sequence, shard.id, shard.index),
        after: type === "AFTER_SEQUENCE_NUMBER",
      };
    }
    case "AT_TIMESTAMP": {
      if (timestamp === undefined)
        throw invalidArgument("Must specify a timestamp for iterator type AT_TIMESTAMP.");
      if (timestamp.getTime() > nowMs)
        throw invalidArgument(
          `The timestamp ${timestamp.getTime()} cannot be greater than the current time ${nowMs}.`,
        );
      return positionAt(shard, timestamp.getTime());
    }
    default:
      throw invalidArgument(`${String(type)} is no iterator type.`);
  }
};
