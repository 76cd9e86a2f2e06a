import { type EpochMs, type SequenceNumber, sequenceNumber, type ShardId, shardId } from "@freshet/model";
import type { LogRecord } from "@freshet/storage";

/** What Lambda hands a function behind Kinesis' event source mapping, as far as it is used here. */
export interface StreamEvent {
  readonly Records: readonly StreamEventRecord[];
}

export interface StreamEventRecord {
  /** `<shard>:<sequence>` */
  readonly eventID: string;
  /** The stream's ARN, or that of its consumer where the mapping reads by enhanced fan-out. */
  readonly eventSourceARN: string;
  readonly kinesis: {
    readonly partitionKey?: string;
    readonly sequenceNumber: string;
    /** Base64. */
    readonly data: string;
    /** Seconds, with milliseconds as their fraction. */
    readonly approximateArrivalTimestamp: number;
  };
}

/** The partial answer that `ReportBatchItemFailures` asks for: Lambda delivers again from the least sequence on. */
export interface StreamResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/** A batch of one shard: at least one record, in order. */
export interface DeliveredBatch {
  readonly shard: ShardId;
  readonly records: readonly LogRecord[];
  readonly first: SequenceNumber;
  readonly last: SequenceNumber;
}

const CONSUMER = "/consumer/";

const shardOf = ({ eventID }: StreamEventRecord): ShardId => shardId(eventID.slice(0, eventID.indexOf(":")));

const recordOf = ({ kinesis }: StreamEventRecord): LogRecord => ({
  sequence: sequenceNumber(BigInt(kinesis.sequenceNumber)),
  arrivalMs: Math.round(kinesis.approximateArrivalTimestamp * 1_000) as EpochMs,
  partitionKey: kinesis.partitionKey ?? "",
  data: Buffer.from(kinesis.data, "base64"),
});

/**
 * The records of an invocation; null: there are none.
 *
 * @param logId of the log that is folded: a stream's ARN, then `@` and when it was made
 * @throws TypeError when they are another stream's, of several shards, or not in order: the mapping is not what it must be
 */
export const deliveredBatch = ({ Records }: StreamEvent, logId: string): DeliveredBatch | null => {
  const [first] = Records;
  if (!first) return null;
  const [stream = ""] = first.eventSourceARN.split(CONSUMER);
  if (logId !== stream && !logId.startsWith(`${stream}@`))
    throw new TypeError(
      `the function is mapped to ${stream}, but its stores belong to the log ${logId}: map it to that stream, or name other stores`,
    );
  const shard = shardOf(first);
  const records = Records.map(recordOf);
  for (const [index, { sequence }] of records.entries()) {
    const before = records[index - 1];
    if ((before && before.sequence >= sequence) || shardOf(Records[index] as StreamEventRecord) !== shard)
      throw new TypeError(`a batch of ${shard} holds other shards' records, or its own not in order`);
  }
  const [one] = records;
  const last = records.at(-1);
  if (!one || !last) return null;
  return { shard, records, first: one.sequence, last: last.sequence };
};
