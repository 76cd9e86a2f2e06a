const KIB = 2 ** 10;
const MIB = 2 ** 20;

/**
 * What Kinesis allows: AWS' "Quotas and limits" page and API reference of 2026-11. Rates are per second; `Infinity` lifts one.
 */
export interface Limits {
  readonly putRecordsEntriesMax: number;
  /** Data and partition keys of one PutRecords. */
  readonly putRecordsBytesMax: number;
  readonly shardWriteRecords: number;
  readonly shardWriteBytes: number;
  readonly shardReads: number;
  readonly shardReadBytes: number;
  readonly shardIterators: number;
  readonly getRecordsMax: number;
  readonly getRecordsBytesMax: number;
  readonly iteratorLifeMs: number;
  readonly listShards: number;
  readonly listShardsPageMax: number;
  readonly nextTokenLifeMs: number;
  readonly describeStream: number;
  readonly describeStreamSummary: number;
  /** SplitShard and MergeShards. */
  readonly reshards: number;
  readonly shardsMax: number;
  readonly consumersMax: number;
  readonly registerConsumer: number;
  /** SubscribeToShard of one consumer and shard. */
  readonly subscribes: number;
  /** After a successful subscription, how long another is refused rather than takes over. */
  readonly takeOverAfterMs: number;
  readonly subscriptionLifeMs: number;
  /** Of one consumer and shard. */
  readonly fanOutBytes: number;
  /** From arrival to an event. AWS speaks of 70 ms. */
  readonly fanOutDelayMs: number;
  /** After which a quiet subscription gets an event without records. Ours: AWS names no figure. */
  readonly fanOutQuietMs: number;
}

export const KINESIS_LIMITS: Limits = {
  putRecordsEntriesMax: 500,
  putRecordsBytesMax: 10 * MIB,
  shardWriteRecords: 1000,
  shardWriteBytes: MIB,
  shardReads: 5,
  shardReadBytes: 2 * MIB,
  shardIterators: 5,
  getRecordsMax: 10_000,
  getRecordsBytesMax: 10 * MIB,
  iteratorLifeMs: 300_000,
  listShards: 1000,
  listShardsPageMax: 1000,
  nextTokenLifeMs: 300_000,
  describeStream: 10,
  describeStreamSummary: 20,
  reshards: 5,
  shardsMax: 20_000,
  consumersMax: 20,
  registerConsumer: 5,
  subscribes: 1,
  takeOverAfterMs: 5_000,
  subscriptionLifeMs: 300_000,
  fanOutBytes: 2 * MIB,
  fanOutDelayMs: 70,
  fanOutQuietMs: 5_000,
};

/** Rates alone: for tests of throughput, which no rate should hold. */
export const UNTHROTTLED: Partial<Limits> = {
  shardWriteRecords: Number.POSITIVE_INFINITY,
  shardWriteBytes: Number.POSITIVE_INFINITY,
  shardReads: Number.POSITIVE_INFINITY,
  shardReadBytes: Number.POSITIVE_INFINITY,
  shardIterators: Number.POSITIVE_INFINITY,
  listShards: Number.POSITIVE_INFINITY,
  describeStream: Number.POSITIVE_INFINITY,
  describeStreamSummary: Number.POSITIVE_INFINITY,
  reshards: Number.POSITIVE_INFINITY,
  registerConsumer: Number.POSITIVE_INFINITY,
  subscribes: Number.POSITIVE_INFINITY,
  fanOutBytes: Number.POSITIVE_INFINITY,
};

export const RECORD_KIB = { default: 1024, max: 10_240 } as const;
export const RETENTION_HOURS = { min: 24, max: 8_760 } as const;
export const PARTITION_KEY_CHARACTERS_MAX = 256;
export const RECORD_BYTES_MAX = RECORD_KIB.max * KIB;
