import { type KinesisClient, PutRecordsCommand, type PutRecordsRequestEntry } from "@aws-sdk/client-kinesis";
import { failureOf, type StreamFailure } from "@freshet/kinesis-consumer";
import { sequenceNumber, shardId } from "@freshet/model";
import { StorageError } from "../../errors.js";
import type { AppendOutcome, LogEntry } from "../port.js";
import { asStorageFailure } from "./failure.js";

/** Kinesis allows 500 records and 10 MiB a request, keys counted; a margin, since both sides count in their own way. */
const CALL_RECORDS_MAX = 500;
const CALL_BYTES_MAX = 9.5 * 2 ** 20;
/** Within a second a shard takes records again. */
const RETRY_AFTER_MS = 250;
const KEY_CHARACTERS_MAX = 256;

const bytesOf = ({ partitionKey, data }: LogEntry): number => Buffer.byteLength(partitionKey) + data.length;

const check = (entry: LogEntry, recordBytesMax: number): void => {
  const { partitionKey } = entry;
  if (partitionKey === "" || [...partitionKey].length > KEY_CHARACTERS_MAX)
    throw new StorageError(
      "invalid",
      `a partition key has 1 to ${KEY_CHARACTERS_MAX} characters, not ${[...partitionKey].length}`,
    );
  if (bytesOf(entry) > recordBytesMax)
    throw new StorageError(
      "invalid",
      `a record of ${bytesOf(entry)} bytes cannot be appended: the stream takes at most ${recordBytesMax} (its MaxRecordSizeInKiB)`,
    );
};

/** In order, each as full as a request may be; a record that is larger than the margin goes alone. */
const callsOf = (entries: readonly LogEntry[]): readonly (readonly LogEntry[])[] => {
  const calls: LogEntry[][] = [];
  let bytes = 0;
  for (const entry of entries) {
    const call = calls.at(-1);
    const size = bytesOf(entry);
    if (call && call.length < CALL_RECORDS_MAX && bytes + size <= CALL_BYTES_MAX) {
      call.push(entry);
      bytes += size;
    } else {
      calls.push([entry]);
      bytes = size;
    }
  }
  return calls;
};

const requestOf = ({ partitionKey, data, explicitHashKey }: LogEntry): PutRecordsRequestEntry => ({
  PartitionKey: partitionKey,
  Data: data,
  ...(explicitHashKey !== undefined && { ExplicitHashKey: String(explicitHashKey) }),
});

const throttled = (): AppendOutcome => ({ kind: "throttled", retryAfterMs: RETRY_AFTER_MS });

export interface Appending {
  readonly client: KinesisClient;
  readonly stream: string;
  readonly recordBytesMax: number;
}

/**
 * What Kinesis did not take comes back as throttled. So does what it may have taken, should its answer be lost: whoever appends it
 * again makes a copy, which the events' identities show. @throws StorageError where nothing of the call can have been stored.
 */
export const appendRecords = async (
  { client, stream, recordBytesMax }: Appending,
  entries: readonly LogEntry[],
): Promise<readonly AppendOutcome[]> => {
  for (const entry of entries) check(entry, recordBytesMax);
  const outcomes: AppendOutcome[] = [];
  const put = async (call: readonly LogEntry[]): Promise<StreamFailure | null> => {
    try {
      const command = new PutRecordsCommand({ StreamName: stream, Records: call.map(requestOf) });
      const { Records: results = [] } = await client.send(command);
      for (const index of call.keys()) {
        const { ShardId, SequenceNumber } = results[index] ?? {};
        outcomes.push(
          ShardId && SequenceNumber
            ? { kind: "stored", shard: shardId(ShardId), sequence: sequenceNumber(SequenceNumber) }
            : throttled(),
        );
      }
      return null;
    } catch (error) {
      return failureOf(`appending to the stream ${stream}`, error);
    }
  };
  for (const call of callsOf(entries)) {
    const failure = await put(call);
    if (!failure) continue;
    if (outcomes.length === 0 && failure.kind !== "throttled") throw asStorageFailure(failure);
    break;
  }
  while (outcomes.length < entries.length) outcomes.push(throttled());
  return outcomes;
};
