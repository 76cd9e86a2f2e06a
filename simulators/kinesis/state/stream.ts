import { hash } from "node:crypto";
import type { EncryptionType, RecordDistributionStrategy, StreamMode } from "@aws-sdk/client-kinesis";
import { type Bucket, createBuckets } from "./bucket.js";
import { RECORD_KIB, RETENTION_HOURS, type Limits } from "../limits.js";
import { createSequenceMaker, type Sequence } from "./sequence.js";
import { type HashRange, openShard, type Shard, trimShard } from "./shard.js";

const HASH_SPACE = 1n << 128n;
const HOUR_MS = 3_600_000;
/** A counter that jumps by 1 to 16: nobody may take sequences for dense. */
const GAP_MAX = 16;

export interface Consumer {
  readonly name: string;
  readonly arn: string;
  readonly createdMs: number;
  status: "CREATING" | "ACTIVE" | "DELETING";
  /** The last successful subscription to each shard, whether or not it still runs. */
  readonly subscriptions: Map<string, { readonly startedMs: number; takeOver(): void }>;
}

export interface Stream {
  readonly name: string;
  readonly arn: string;
  readonly createdMs: number;
  status: "CREATING" | "ACTIVE" | "UPDATING" | "DELETING";
  mode: StreamMode;
  distribution: RecordDistributionStrategy;
  encryption: EncryptionType;
  retentionHours: number;
  recordKiBMax: number;
  /** By index: a shard's place never changes; one that retention took away leaves null. */
  readonly shards: (Shard | null)[];
  readonly consumers: Map<string, Consumer>;
  readonly rates: Readonly<Record<StreamRate, { of(scope: string): Bucket }>>;
  nextSequence(nowMs: number, shardIndex: number): Sequence;
  /** Called after each change that a subscription may wait for. */
  readonly listeners: Set<() => void>;
}

export type StreamRate =
  | "describeStream"
  | "describeStreamSummary"
  | "listShards"
  | "reshards"
  | "subscribes";

interface NewStream {
  readonly name: string;
  readonly arn: string;
  readonly nowMs: number;
  readonly shardCount: number;
  readonly mode: StreamMode;
  readonly draw: (endExclusive: number) => number;
}

export const makeStream = (
  { name, arn, nowMs, shardCount, mode, draw }: NewStream,
  limits: Limits,
): Stream => {
  const sequences = createSequenceMaker(() => 1 + draw(GAP_MAX));
  const stream: Stream = {
    name,
    arn,
    createdMs: nowMs,
    status: "CREATING",
    mode,
    distribution: "USER_PARTITION_KEY",
    encryption: "NONE",
    retentionHours: RETENTION_HOURS.min,
    recordKiBMax: RECORD_KIB.default,
    shards: [],
    consumers: new Map(),
    rates: {
      describeStream: createBuckets(limits.describeStream),
      describeStreamSummary: createBuckets(limits.describeStreamSummary),
      listShards: createBuckets(limits.listShards),
      reshards: createBuckets(limits.reshards),
      subscribes: createBuckets(limits.subscribes),
    },
    nextSequence: (atMs, shardIndex) => sequences.next(atMs, shardIndex),
    listeners: new Set(),
  };
  for (const hashRange of equalRanges(shardCount))
    addShard(stream, { hashRange, parents: [], nowMs }, limits);
  return stream;
};

export const equalRanges = (count: number): readonly HashRange[] =>
  Array.from({ length: count }, (_, index) => ({
    first: (HASH_SPACE * BigInt(index)) / BigInt(count),
    last: (HASH_SPACE * BigInt(index + 1)) / BigInt(count) - 1n,
  }));

export const addShard = (
  stream: Stream,
  {
    hashRange,
    parents,
    nowMs,
  }: { readonly hashRange: HashRange; readonly parents: readonly string[]; readonly nowMs: number },
  limits: Limits,
): Shard => {
  const index = stream.shards.length;
  const startingSequence = stream.nextSequence(nowMs, index);
  const shard = openShard({ index, hashRange, parents, startingSequence, openedMs: nowMs }, limits);
  stream.shards.push(shard);
  return shard;
};

export const closeShard = (stream: Stream, shard: Shard, nowMs: number): void => {
  shard.closed = { atMs: nowMs, endingSequence: stream.nextSequence(nowMs, shard.index) };
};

export const shardsOf = (stream: Stream): readonly Shard[] => stream.shards.filter((shard) => shard !== null);
export const openShardsOf = (stream: Stream): readonly Shard[] =>
  shardsOf(stream).filter(({ closed }) => closed === null);

export const shardOf = (stream: Stream, id: string): Shard | undefined =>
  stream.shards.find((shard) => shard?.id === id) ?? undefined;

/** The 128-bit number by which Kinesis places a key: MD5 of its UTF-8 bytes. */
export const hashOf = (partitionKey: string): bigint => BigInt(`0x${hash("md5", partitionKey, "hex")}`);

/** @throws Error where no open shard has it: the open shards' ranges always cover the space. */
export const shardOfHash = (stream: Stream, hash: bigint): Shard => {
  for (const shard of stream.shards) {
    if (shard?.closed === null && shard.hashRange.first <= hash && hash <= shard.hashRange.last) return shard;
  }
  throw new Error(`no open shard of ${stream.name} holds ${hash}`);
};

/** Where the retention begins. */
export const trimHorizonOf = (stream: Stream, nowMs: number): number =>
  nowMs - stream.retentionHours * HOUR_MS;

/** Deletes records that arrived before, and shards that closed before. */
export const trimStream = (stream: Stream, beforeMs: number): void => {
  for (const shard of shardsOf(stream)) {
    trimShard(shard, beforeMs);
    if (shard.closed !== null && shard.closed.atMs < beforeMs) stream.shards[shard.index] = null;
  }
};

export const wake = (stream: Stream): void => {
  for (const listener of [...stream.listeners]) listener();
};
