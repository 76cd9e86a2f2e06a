import type {
  ListShardsInput,
  ListShardsOutput,
  Shard as SdkShard,
  ShardFilter,
} from "@aws-sdk/client-kinesis";
import { invalidArgument, invalidMember, KinesisError } from "../errors.js";
import { type Context, holdToRate, streamOf } from "../state/account.js";
import type { Shard } from "../state/shard.js";
import { shardsOf, type Stream, trimHorizonOf } from "../state/stream.js";
import { hashKeyRange } from "./getRecords.js";

interface PageToken {
  readonly streamName: string;
  readonly afterShard: string;
  readonly filter: ShardFilter | undefined;
  readonly madeMs: number;
}

/** @throws KinesisError */
export const listShards = (context: Context, input: ListShardsInput): ListShardsOutput => {
  const { account, nowMs } = context;
  const token = input.NextToken === undefined ? undefined : decodeToken(context, input);
  const stream = streamOf(context, token ? { StreamName: token.streamName } : input);
  holdToRate(stream.rates.listShards, stream.name, nowMs, "ListShards");
  if (input.MaxResults !== undefined && input.MaxResults < 1)
    throw invalidMember("maxResults", "Member must have value greater than or equal to 1");

  const filter = token ? token.filter : input.ShardFilter;
  const after = token?.afterShard ?? input.ExclusiveStartShardId ?? "";
  const found = shardsOf(stream).filter((shard) => shard.id > after && passes(shard, filter, stream, nowMs));
  const page = found.slice(
    0,
    Math.min(input.MaxResults ?? account.limits.listShardsPageMax, account.limits.listShardsPageMax),
  );
  const last = page.at(-1);
  const listed = { Shards: page.map(publishedShard) };
  if (page.length === found.length || !last) return listed;
  return {
    ...listed,
    NextToken: encodeToken({ streamName: stream.name, afterShard: last.id, filter, madeMs: nowMs }),
  };
};

const encodeToken = (token: PageToken): string => Buffer.from(JSON.stringify(token)).toString("base64");

const decodeToken = ({ nowMs, account }: Context, input: ListShardsInput): PageToken => {
  if (input.StreamName !== undefined || input.ExclusiveStartShardId !== undefined)
    throw invalidArgument("NextToken and StreamName or ExclusiveStartShardId cannot be provided together.");
  const token = parseToken(input.NextToken ?? "");
  if (nowMs - token.madeMs > account.limits.nextTokenLifeMs)
    throw new KinesisError("ExpiredNextTokenException", "The NextToken has expired; list from the start.");
  return token;
};

const parseToken = (text: string): PageToken => {
  try {
    const token = JSON.parse(Buffer.from(text, "base64").toString()) as PageToken;
    const at = token.filter?.Timestamp;
    if (typeof token.streamName === "string")
      return at === undefined
        ? token
        : { ...token, filter: { Type: token.filter?.Type, Timestamp: new Date(at) } };
  } catch {
    // Said below.
  }
  throw invalidArgument("NextToken is invalid.");
};

const passes = (shard: Shard, filter: ShardFilter | undefined, stream: Stream, nowMs: number): boolean => {
  switch (filter?.Type) {
    case undefined:
    case "FROM_TRIM_HORIZON":
      return true;
    case "AFTER_SHARD_ID":
      return shard.id > (filter?.ShardId ?? "");
    case "AT_LATEST":
      return shard.closed === null;
    case "AT_TRIM_HORIZON":
      return isOpenAt(shard, Math.max(trimHorizonOf(stream, nowMs), stream.createdMs));
    case "AT_TIMESTAMP":
      return isOpenAt(shard, timestampOf(filter));
    case "FROM_TIMESTAMP":
      return shard.closed === null || shard.closed.atMs >= timestampOf(filter);
    default:
      throw invalidArgument(`${String(filter?.Type)} is no type of shard filter.`);
  }
};

const isOpenAt = ({ openedMs, closed }: Shard, atMs: number): boolean =>
  openedMs <= atMs && (closed === null || closed.atMs >= atMs);

const timestampOf = (filter: ShardFilter): number => {
  if (!filter.Timestamp)
    throw invalidArgument(`Timestamp must be given for a shard filter of ${filter.Type}.`);
  return filter.Timestamp.getTime();
};

export const publishedShard = (shard: Shard): SdkShard => {
  // A parent that retention took away is named no less: that is how a reader learns that it need not wait for it.
  const [parent, adjacent] = shard.parents;
  return {
    ShardId: shard.id,
    ...(parent === undefined ? {} : { ParentShardId: parent }),
    ...(adjacent === undefined ? {} : { AdjacentParentShardId: adjacent }),
    HashKeyRange: hashKeyRange(shard),
    SequenceNumberRange: {
      StartingSequenceNumber: shard.startingSequence,
      ...(shard.closed === null ? {} : { EndingSequenceNumber: shard.closed.endingSequence }),
    },
  };
};
