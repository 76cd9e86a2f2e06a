import type {
  MergeShardsInput,
  SplitShardInput,
  UpdateShardCountInput,
  UpdateShardCountOutput,
} from "@aws-sdk/client-kinesis";
import { invalidArgument, KinesisError, required } from "../errors.js";
import {
  type Account,
  type Context,
  holdToRate,
  requireActive,
  shardIn,
  streamOf,
} from "../state/account.js";
import type { Shard } from "../state/shard.js";
import { addShard, closeShard, equalRanges, openShardsOf, type Stream, wake } from "../state/stream.js";

/** @throws KinesisError */
export const splitShard = (context: Context, input: SplitShardInput): object => {
  const stream = reshardable(context, streamOf(context, input), "SplitShard");
  const shard = openShardIn(context, stream, required(input.ShardToSplit, "shardToSplit"));
  const at = required(input.NewStartingHashKey, "newStartingHashKey");
  const { first, last } = shard.hashRange;
  if (!/^\d{1,39}$/.test(at) || BigInt(at) <= first || BigInt(at) > last)
    throw invalidArgument(
      `NewStartingHashKey ${at} used in SplitShard() on shard ${shard.id} in stream ${stream.name} must lie inside (${first}, ${last}].`,
    );
  transition(context, stream, (nowMs) => split(context.account, stream, shard, BigInt(at), nowMs));
  return {};
};

/** @throws KinesisError */
export const mergeShards = (context: Context, input: MergeShardsInput): object => {
  const stream = reshardable(context, streamOf(context, input), "MergeShards");
  const one = openShardIn(context, stream, required(input.ShardToMerge, "shardToMerge"));
  const other = openShardIn(context, stream, required(input.AdjacentShardToMerge, "adjacentShardToMerge"));
  if (!areAdjacent(one, other))
    throw invalidArgument(
      `Shards ${one.id} and ${other.id} in stream ${stream.name} are not an adjacent pair of shards eligible for merging`,
    );
  transition(context, stream, (nowMs) => merge(context.account, stream, one, other, nowMs));
  return {};
};

/** As AWS does it: cuts where the new ranges begin, then joins what lies in one; so there are shards that live but a moment. @throws KinesisError */
export const updateShardCount = (context: Context, input: UpdateShardCountInput): UpdateShardCountOutput => {
  const stream = reshardable(context, streamOf(context, input), "UpdateShardCount");
  const target = required(input.TargetShardCount, "targetShardCount");
  const current = openShardsOf(stream).length;
  if (target < Math.ceil(current / 2) || target > current * 2)
    throw new KinesisError(
      "LimitExceededException",
      `UpdateShardCount cannot go from ${current} open shards to ${target}: at most double, at least half.`,
    );
  transition(context, stream, (nowMs) => {
    const targets = equalRanges(target);
    for (const { first } of targets) {
      const holder = openShardsOf(stream).find(
        ({ hashRange }) => hashRange.first < first && first <= hashRange.last,
      );
      if (holder) split(context.account, stream, holder, first, nowMs);
    }
    for (const { first, last } of targets) {
      const inside = openShardsOf(stream)
        .filter(({ hashRange }) => first <= hashRange.first && hashRange.last <= last)
        .toSorted((one, other) => (one.hashRange.first < other.hashRange.first ? -1 : 1));
      inside.reduce((joined, next) => merge(context.account, stream, joined, next, nowMs));
    }
  });
  return {
    StreamName: stream.name,
    StreamARN: stream.arn,
    CurrentShardCount: current,
    TargetShardCount: target,
  };
};

const reshardable = (context: Context, stream: Stream, operation: string): Stream => {
  holdToRate(stream.rates.reshards, stream.name, context.nowMs, operation);
  requireActive(context, stream);
  if (stream.mode === "ON_DEMAND")
    throw new KinesisError("ValidationException", `${operation} is not for streams in ON_DEMAND mode.`);
  return stream;
};

const openShardIn = (context: Context, stream: Stream, id: string): Shard => {
  const shard = shardIn(context, stream, id);
  if (shard.closed !== null)
    throw new KinesisError("ResourceInUseException", `Shard ${id} in stream ${stream.name} is closed.`);
  return shard;
};

/** The stream takes records while it updates; the shards change at the end. */
const transition = ({ account }: Context, stream: Stream, change: (nowMs: number) => void): void => {
  stream.status = "UPDATING";
  account.whenTransitioned(() => {
    change(account.clock.epochMs());
    stream.status = "ACTIVE";
    wake(stream);
  });
};

const areAdjacent = (one: Shard, other: Shard): boolean =>
  one.hashRange.last + 1n === other.hashRange.first || other.hashRange.last + 1n === one.hashRange.first;

const split = ({ limits }: Account, stream: Stream, shard: Shard, at: bigint, nowMs: number): void => {
  const { first, last } = shard.hashRange;
  const parents = [shard.id];
  closeShard(stream, shard, nowMs);
  const left = addShard(stream, { hashRange: { first, last: at - 1n }, parents, nowMs }, limits);
  const right = addShard(stream, { hashRange: { first: at, last }, parents, nowMs }, limits);
  shard.children = [left.id, right.id];
};

const merge = ({ limits }: Account, stream: Stream, one: Shard, other: Shard, nowMs: number): Shard => {
  const [low, high] = one.hashRange.first < other.hashRange.first ? [one, other] : [other, one];
  closeShard(stream, one, nowMs);
  closeShard(stream, other, nowMs);
  const child = addShard(
    stream,
    {
      hashRange: { first: low.hashRange.first, last: high.hashRange.last },
      parents: [one.id, other.id],
      nowMs,
    },
    limits,
  );
  one.children = [child.id];
  other.children = [child.id];
  return child;
};
