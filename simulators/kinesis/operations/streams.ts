import type {
  CreateStreamInput,
  DecreaseStreamRetentionPeriodInput,
  DeleteStreamInput,
  DescribeStreamInput,
  DescribeStreamOutput,
  DescribeStreamSummaryInput,
  DescribeStreamSummaryOutput,
  IncreaseStreamRetentionPeriodInput,
  ListStreamsInput,
  ListStreamsOutput,
  UpdateMaxRecordSizeInput,
  UpdateStreamModeInput,
  UpdateStreamRecordDistributionStrategyInput,
} from "@aws-sdk/client-kinesis";
import { invalidArgument, invalidMember, KinesisError, required } from "../errors.js";
import { RECORD_KIB, RETENTION_HOURS } from "../limits.js";
import { arnOf, type Context, holdToRate, requireActive, streamOf } from "../state/account.js";
import { makeStream, openShardsOf, shardsOf, type Stream, wake } from "../state/stream.js";
import { publishedShard } from "./listShards.js";

const ON_DEMAND_SHARDS = 4;
const LIST_STREAMS_PAGE = 100;
const DESCRIBE_SHARDS_PAGE = 100;

/** @throws KinesisError */
export const createStream = ({ account, nowMs }: Context, input: CreateStreamInput): object => {
  const name = required(input.StreamName, "streamName");
  if (!/^[\w.-]{1,128}$/.test(name))
    throw invalidMember("streamName", "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+");
  const mode = input.StreamModeDetails?.StreamMode ?? "PROVISIONED";
  const shardCount = mode === "ON_DEMAND" ? ON_DEMAND_SHARDS : required(input.ShardCount, "shardCount");
  if (shardCount < 1) throw invalidMember("shardCount", "Member must have value greater than or equal to 1");
  if (shardCount > account.limits.shardsMax)
    throw new KinesisError(
      "LimitExceededException",
      `This request would exceed the shard limit of the account.`,
    );
  if (account.streams.has(name))
    throw new KinesisError(
      "ResourceInUseException",
      `Stream ${name} under account ${account.id} already exists.`,
    );
  const stream = makeStream(
    {
      name,
      arn: arnOf(account, name),
      nowMs,
      shardCount,
      mode,
      draw: (endExclusive) => account.random.integer(endExclusive),
    },
    account.limits,
  );
  stream.recordKiBMax = input.MaxRecordSizeInKiB ?? RECORD_KIB.default;
  stream.distribution = input.RecordDistributionStrategy ?? "USER_PARTITION_KEY";
  account.streams.set(name, stream);
  account.whenTransitioned(() => {
    stream.status = "ACTIVE";
  });
  return {};
};

/** @throws KinesisError */
export const deleteStream = (context: Context, input: DeleteStreamInput): object => {
  const stream = streamOf(context, input);
  if (stream.consumers.size > 0 && input.EnforceConsumerDeletion !== true)
    throw new KinesisError(
      "ResourceInUseException",
      `Stream ${stream.name} has consumers; EnforceConsumerDeletion takes them too.`,
    );
  stream.status = "DELETING";
  context.account.whenTransitioned(() => {
    context.account.streams.delete(stream.name);
    wake(stream);
  });
  wake(stream);
  return {};
};

export const listStreams = ({ account }: Context, input: ListStreamsInput): ListStreamsOutput => {
  const after = input.NextToken ?? input.ExclusiveStartStreamName ?? "";
  const found = [...account.streams.values()]
    .filter(({ name }) => name > after)
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));
  const page = found.slice(0, input.Limit ?? LIST_STREAMS_PAGE);
  const last = page.at(-1);
  const more = page.length < found.length && last !== undefined;
  return {
    StreamNames: page.map(({ name }) => name),
    HasMoreStreams: more,
    ...(more ? { NextToken: last.name } : {}),
    StreamSummaries: page.map((stream) => ({
      StreamName: stream.name,
      StreamARN: stream.arn,
      StreamStatus: stream.status,
      StreamModeDetails: { StreamMode: stream.mode },
      StreamCreationTimestamp: createdAt(stream),
    })),
  };
};

/** @throws KinesisError */
export const describeStream = (context: Context, input: DescribeStreamInput): DescribeStreamOutput => {
  const stream = streamOf(context, input);
  holdToRate(stream.rates.describeStream, stream.name, context.nowMs, "DescribeStream");
  const found = shardsOf(stream).filter(({ id }) => id > (input.ExclusiveStartShardId ?? ""));
  const page = found.slice(0, input.Limit ?? DESCRIBE_SHARDS_PAGE);
  return {
    StreamDescription: {
      StreamName: stream.name,
      StreamARN: stream.arn,
      StreamStatus: stream.status,
      StreamModeDetails: { StreamMode: stream.mode },
      Shards: page.map(publishedShard),
      HasMoreShards: page.length < found.length,
      RetentionPeriodHours: stream.retentionHours,
      StreamCreationTimestamp: createdAt(stream),
      EnhancedMonitoring: [{ ShardLevelMetrics: [] }],
      EncryptionType: stream.encryption,
    },
  };
};

/** @throws KinesisError */
export const describeStreamSummary = (
  context: Context,
  input: DescribeStreamSummaryInput,
): DescribeStreamSummaryOutput => {
  const stream = streamOf(context, input);
  holdToRate(stream.rates.describeStreamSummary, stream.name, context.nowMs, "DescribeStreamSummary");
  return {
    StreamDescriptionSummary: {
      StreamName: stream.name,
      StreamARN: stream.arn,
      StreamStatus: stream.status,
      StreamModeDetails: { StreamMode: stream.mode },
      RetentionPeriodHours: stream.retentionHours,
      StreamCreationTimestamp: createdAt(stream),
      EnhancedMonitoring: [{ ShardLevelMetrics: [] }],
      EncryptionType: stream.encryption,
      OpenShardCount: openShardsOf(stream).length,
      ConsumerCount: stream.consumers.size,
      MaxRecordSizeInKiB: stream.recordKiBMax,
      RecordDistributionStrategy: stream.distribution,
    },
  };
};

/** Kinesis says it in whole seconds. */
const createdAt = ({ createdMs }: Stream): Date => new Date(Math.floor(createdMs / 1000) * 1000);

/** @throws KinesisError */
export const increaseRetention = (context: Context, input: IncreaseStreamRetentionPeriodInput): object =>
  setRetention(context, input, (hours, stream) => hours >= stream.retentionHours);

/** @throws KinesisError */
export const decreaseRetention = (context: Context, input: DecreaseStreamRetentionPeriodInput): object =>
  setRetention(context, input, (hours, stream) => hours <= stream.retentionHours);

const setRetention = (
  context: Context,
  input: IncreaseStreamRetentionPeriodInput,
  isAllowed: (hours: number, stream: Stream) => boolean,
): object => {
  const stream = streamOf(context, input);
  requireActive(context, stream);
  const hours = required(input.RetentionPeriodHours, "retentionPeriodHours");
  if (hours < RETENTION_HOURS.min || hours > RETENTION_HOURS.max || !isAllowed(hours, stream))
    throw invalidArgument(
      `Retention of ${hours} hours is not between ${RETENTION_HOURS.min} and ${RETENTION_HOURS.max}, or not a change in that direction from ${stream.retentionHours}.`,
    );
  stream.retentionHours = hours;
  return {};
};

/** @throws KinesisError */
export const updateMaxRecordSize = (context: Context, input: UpdateMaxRecordSizeInput): object => {
  const stream = streamOf(context, input);
  const kiB = required(input.MaxRecordSizeInKiB, "maxRecordSizeInKiB");
  if (kiB < RECORD_KIB.default || kiB > RECORD_KIB.max)
    throw invalidMember(
      "maxRecordSizeInKiB",
      `Member must have value between ${RECORD_KIB.default} and ${RECORD_KIB.max}`,
    );
  stream.recordKiBMax = kiB;
  return {};
};

/** @throws KinesisError */
export const updateStreamMode = (context: Context, input: UpdateStreamModeInput): object => {
  const stream = streamOf(context, input);
  requireActive(context, stream);
  const mode = required(input.StreamModeDetails?.StreamMode, "streamModeDetails.streamMode");
  if (mode === "PROVISIONED" && stream.distribution === "AUTO")
    throw invalidArgument("A stream of AUTO distribution is on-demand only.");
  stream.mode = mode;
  return {};
};

/** @throws KinesisError */
export const updateDistribution = (
  context: Context,
  input: UpdateStreamRecordDistributionStrategyInput,
): object => {
  const stream = streamOf(context, input);
  requireActive(context, stream);
  const distribution = required(input.RecordDistributionStrategy, "recordDistributionStrategy");
  if (distribution === "AUTO" && stream.mode !== "ON_DEMAND")
    throw invalidArgument("AUTO distribution is for on-demand streams only.");
  stream.distribution = distribution;
  return {};
};
