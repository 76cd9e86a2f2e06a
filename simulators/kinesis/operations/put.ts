import type {
  PutRecordInput,
  PutRecordOutput,
  PutRecordsInput,
  PutRecordsOutput,
  PutRecordsResultEntry,
} from "@aws-sdk/client-kinesis";
import { invalidArgument, invalidMember, KinesisError, required, unlessDryRun } from "../errors.js";
import { PARTITION_KEY_CHARACTERS_MAX, RECORD_BYTES_MAX } from "../limits.js";
import { type Context, streamOf } from "../state/account.js";
import { recordBytes, type Shard } from "../state/shard.js";
import { hashOf, openShardsOf, shardOfHash, type Stream, wake } from "../state/stream.js";

interface Entry {
  readonly data: Uint8Array;
  readonly partitionKey: string | undefined;
  readonly explicitHashKey: bigint | undefined;
  readonly bytes: number;
}

type Outcome =
  | { readonly kind: "stored"; readonly shard: Shard; readonly sequence: string }
  | { readonly kind: "throttled"; readonly shard: Shard }
  | { readonly kind: "failed" };

/** By how much arrival times may stand apart from the clock while that fault strikes. */
const ARRIVAL_SKEW_MS = 500;

/** @throws KinesisError where the request as a whole is refused */
export const putRecords = (context: Context, input: PutRecordsInput): PutRecordsOutput => {
  const { limits } = context.account;
  const records = required(input.Records, "records");
  if (records.length === 0)
    throw invalidMember("records", "Member must have length greater than or equal to 1");
  if (records.length > limits.putRecordsEntriesMax)
    throw invalidMember(
      "records",
      `Member must have length less than or equal to ${limits.putRecordsEntriesMax}`,
    );
  const stream = writable(context, streamOf(context, input));
  const entries = records.map((record, index) => parseEntry(record, stream, `records.${index + 1}.member.`));
  const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
  if (bytes > limits.putRecordsBytesMax)
    throw invalidArgument(
      `Records size exceeds ${limits.putRecordsBytesMax / 2 ** 20} MB limit: it is ${bytes} bytes.`,
    );
  unlessDryRun(input);
  const results = entries.map((entry) => resultOf(context, stream, store(context, stream, entry)));
  wake(stream);
  const failed = results.filter(({ ErrorCode }) => ErrorCode !== undefined).length;
  return { FailedRecordCount: failed, Records: results, EncryptionType: stream.encryption };
};

/** @throws KinesisError */
export const putRecord = (context: Context, input: PutRecordInput): PutRecordOutput => {
  const stream = writable(context, streamOf(context, input));
  const entry = parseEntry(input, stream, "");
  unlessDryRun(input);
  const outcome = store(context, stream, entry);
  switch (outcome.kind) {
    case "stored":
      wake(stream);
      return {
        ShardId: outcome.shard.id,
        SequenceNumber: outcome.sequence,
        EncryptionType: stream.encryption,
      };
    case "throttled":
      throw new KinesisError(
        "ProvisionedThroughputExceededException",
        throttledMessage(context, stream, outcome.shard),
      );
    case "failed":
      throw new KinesisError("InternalFailure", "Internal service failure.");
  }
};

const writable = ({ account }: Context, stream: Stream): Stream => {
  if (stream.status === "CREATING" || stream.status === "DELETING")
    throw new KinesisError(
      "ResourceNotFoundException",
      `Stream ${stream.name} under account ${account.id} not found.`,
    );
  return stream;
};

const parseEntry = (
  entry: {
    readonly Data: Uint8Array | undefined;
    readonly PartitionKey?: string | undefined;
    readonly ExplicitHashKey?: string | undefined;
  },
  stream: Stream,
  at: string,
): Entry => {
  const data = required(entry.Data, `${at}data`);
  const partitionKey =
    stream.distribution === "AUTO" ? entry.PartitionKey : required(entry.PartitionKey, `${at}partitionKey`);
  if (partitionKey !== undefined) {
    // A character is one or two of JavaScript's units.
    const isLong = partitionKey.length > PARTITION_KEY_CHARACTERS_MAX;
    if (partitionKey === "" || (isLong && [...partitionKey].length > PARTITION_KEY_CHARACTERS_MAX))
      throw invalidMember(
        `${at}partitionKey`,
        `Member must have length between 1 and ${PARTITION_KEY_CHARACTERS_MAX}`,
      );
  }
  const bytes = recordBytes(data, partitionKey);
  if (data.length > RECORD_BYTES_MAX)
    throw invalidMember(`${at}data`, `Member must have length less than or equal to ${RECORD_BYTES_MAX}`);
  if (bytes > stream.recordKiBMax * 2 ** 10)
    throw invalidArgument(
      `A record of ${bytes} bytes (data and partition key) exceeds the stream's maximum of ${stream.recordKiBMax} KiB.`,
    );
  return { data, partitionKey, explicitHashKey: parseHashKey(entry.ExplicitHashKey), bytes };
};

const parseHashKey = (text: string | undefined): bigint | undefined => {
  if (text === undefined) return undefined;
  if (!/^(?:0|[1-9]\d{0,38})$/.test(text))
    throw invalidMember(
      "explicitHashKey",
      "Member must satisfy regular expression pattern: 0|([1-9]\\d{0,38})",
    );
  const key = BigInt(text);
  if (key >= 1n << 128n)
    throw invalidArgument(
      `Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was ${text}`,
    );
  return key;
};

const store = (context: Context, stream: Stream, entry: Entry): Outcome => {
  const { nowMs } = context;
  if (context.strikes("failedEntry")) return { kind: "failed" };
  const shard = place(context, stream, entry);
  const { writeBytes, writeRecords } = shard.budget;
  if (!writeRecords.take(1, nowMs)) return { kind: "throttled", shard };
  if (!writeBytes.take(entry.bytes, nowMs)) return { kind: "throttled", shard };
  const sequence = stream.nextSequence(nowMs, shard.index);
  shard.lastSequence = sequence;
  const skewMs = context.strikes("arrivalSkew")
    ? context.account.random.integer(2 * ARRIVAL_SKEW_MS) - ARRIVAL_SKEW_MS
    : 0;
  shard.records.push({
    sequence,
    arrivalMs: nowMs + skewMs,
    partitionKey: entry.partitionKey,
    data: entry.data,
  });
  return { kind: "stored", shard, sequence };
};

/** A stream of AUTO distribution minds neither key. */
const place = ({ account }: Context, stream: Stream, entry: Entry): Shard =>
  stream.distribution === "AUTO"
    ? account.random.pick(openShardsOf(stream))
    : shardOfHash(stream, entry.explicitHashKey ?? hashOf(entry.partitionKey ?? ""));

const throttledMessage = ({ account }: Context, stream: Stream, shard: Shard): string =>
  `Rate exceeded for shard ${shard.id} in stream ${stream.name} under account ${account.id}.`;

const resultOf = (context: Context, stream: Stream, outcome: Outcome): PutRecordsResultEntry => {
  switch (outcome.kind) {
    case "stored":
      return { ShardId: outcome.shard.id, SequenceNumber: outcome.sequence };
    case "throttled":
      return {
        ErrorCode: "ProvisionedThroughputExceededException",
        ErrorMessage: throttledMessage(context, stream, outcome.shard),
      };
    case "failed":
      return { ErrorCode: "InternalFailure", ErrorMessage: "Internal Service Failure" };
  }
};
