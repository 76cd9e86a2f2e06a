import {
  DescribeStreamSummaryCommand,
  type KinesisClient,
  ListShardsCommand,
  PutRecordsCommand,
  type PutRecordsResultEntry,
  type Shard,
} from "@aws-sdk/client-kinesis";
import { hashKeyFrom } from "@freshet/kpl";
import type { OpenShard } from "./shardMap.js";
import { PutFailure, type PutFailureKind, type PutResult, type WritableStream } from "./stream.js";

/** A stream by its name or its ARN. */
export type StreamAddress = { readonly StreamName: string } | { readonly StreamARN: string };

const SHARD_PAGES_MAX = 100;
const RECORD_KIB_DEFAULT = 1024;

/** Names of the SDK's errors; all others are taken for failures that pass. */
const KINDS: Readonly<Record<string, PutFailureKind>> = {
  ProvisionedThroughputExceededException: "throttled",
  LimitExceededException: "throttled",
  ThrottlingException: "throttled",
  KMSThrottlingException: "throttled",
  InvalidArgumentException: "invalid",
  ValidationException: "invalid",
  ResourceNotFoundException: "refused",
  AccessDeniedException: "refused",
  UnrecognizedClientException: "refused",
  KMSAccessDeniedException: "refused",
  KMSDisabledException: "refused",
  KMSInvalidStateException: "refused",
  KMSNotFoundException: "refused",
  KMSOptInRequired: "refused",
};

export const createKinesisStream = (client: KinesisClient, address: StreamAddress): WritableStream => {
  const name = "StreamName" in address ? address.StreamName : address.StreamARN;
  const asked = async <T>(what: string, run: () => Promise<T>): Promise<T> => {
    try {
      return await run();
    } catch (error) {
      const kind = (error instanceof Error && KINDS[error.name]) || "passing";
      throw new PutFailure(kind, `${what} the stream ${name}`, error);
    }
  };
  return {
    put: (entries, abortSignal) =>
      asked("putting records into", async () => {
        const Records = entries.map(({ partitionKey, explicitHashKey, data }) => ({
          PartitionKey: partitionKey,
          ...(explicitHashKey === undefined ? {} : { ExplicitHashKey: explicitHashKey.toString() }),
          Data: data,
        }));
        const answer = await client.send(new PutRecordsCommand({ ...address, Records }), { abortSignal });
        const results = answer.Records ?? [];
        if (results.length !== entries.length)
          throw new RangeError(`${results.length} results for ${entries.length} records`);
        return results.map(readResult);
      }),
    traits: () =>
      asked("looking at", async () => {
        const { StreamDescriptionSummary } = await client.send(
          new DescribeStreamSummaryCommand({ ...address }),
        );
        return {
          recordBytesMax: (StreamDescriptionSummary?.MaxRecordSizeInKiB ?? RECORD_KIB_DEFAULT) * 2 ** 10,
          distributesItself: StreamDescriptionSummary?.RecordDistributionStrategy === "AUTO",
        };
      }),
    openShards: () =>
      asked("listing the shards of", async () => {
        const shards: OpenShard[] = [];
        let token: string | undefined;
        for (let page = 0; page < SHARD_PAGES_MAX; page++) {
          const from =
            token === undefined
              ? { ...address, ShardFilter: { Type: "AT_LATEST" as const } }
              : { NextToken: token };
          const { Shards, NextToken } = await client.send(new ListShardsCommand(from));
          shards.push(...(Shards ?? []).map(readShard));
          if (NextToken === undefined) return shards;
          token = NextToken;
        }
        throw new RangeError(`more than ${SHARD_PAGES_MAX} pages`);
      }),
  };
};

const readResult = ({
  ErrorCode,
  ErrorMessage,
  ShardId,
  SequenceNumber,
}: PutRecordsResultEntry): PutResult => {
  if (ErrorCode === undefined && ShardId !== undefined && SequenceNumber !== undefined)
    return { kind: "stored", shard: ShardId, sequence: SequenceNumber };
  const detail = `${ErrorCode ?? "no sequence number"}: ${ErrorMessage ?? "no message"}`;
  return { kind: KINDS[ErrorCode ?? ""] === "throttled" ? "throttled" : "failed", detail };
};

const readShard = ({ ShardId, HashKeyRange }: Shard): OpenShard => {
  if (
    ShardId === undefined ||
    HashKeyRange?.StartingHashKey === undefined ||
    HashKeyRange.EndingHashKey === undefined
  )
    throw new RangeError("a shard without an id or a hash range");
  return {
    id: ShardId,
    first: hashKeyFrom(BigInt(HashKeyRange.StartingHashKey)),
    last: hashKeyFrom(BigInt(HashKeyRange.EndingHashKey)),
  };
};
