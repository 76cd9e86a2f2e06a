import {
  DescribeStreamSummaryCommand,
  type KinesisClient,
  type StreamDescriptionSummary,
} from "@aws-sdk/client-kinesis";
import type { EpochMs } from "@freshet/model";
import { attemptAws } from "../../aws/awsError.js";
import { StorageError } from "../../errors.js";

const HOUR_MS = 3_600_000;
const KIB = 1024;
/** Where the stream does not say: Kinesis' default. */
const RECORD_KIB = 1024;
const RETENTION_HOURS = 24;

export interface StreamFacts {
  /** ARN and creation time: a stream made anew under the same name is another log. */
  readonly id: string;
  readonly createdMs: EpochMs;
  /** Of data and partition key together. */
  readonly recordBytesMax: number;
  readonly retentionMs: number;
}

const refuseUnfit = (
  stream: string,
  { StreamStatus, RecordDistributionStrategy }: StreamDescriptionSummary,
): void => {
  if (StreamStatus !== "ACTIVE" && StreamStatus !== "UPDATING") {
    throw new StorageError(
      "unavailable",
      `the stream ${stream} is ${StreamStatus}; try again when it is ACTIVE`,
    );
  }
  if (RecordDistributionStrategy === "AUTO") {
    throw new StorageError(
      "mismatch",
      `the stream ${stream} distributes records itself (RecordDistributionStrategy AUTO), so hash keys do not say where a record goes; set it to USER_PARTITION_KEY, or use another stream`,
    );
  }
};

/** @throws StorageError where there is no such stream, or one that cannot be the log */
export const describeStream = async (client: KinesisClient, stream: string): Promise<StreamFacts> => {
  const { StreamDescriptionSummary: summary } = await attemptAws(`opening the stream ${stream}`, () =>
    client.send(new DescribeStreamSummaryCommand({ StreamName: stream })),
  );
  const { StreamARN, StreamCreationTimestamp, MaxRecordSizeInKiB, RetentionPeriodHours } = summary ?? {};
  if (!summary || !StreamARN || !StreamCreationTimestamp)
    throw new StorageError(
      "unavailable",
      `the description of the stream ${stream} says neither ARN nor creation`,
    );
  refuseUnfit(stream, summary);
  return {
    id: `${StreamARN}@${StreamCreationTimestamp.toISOString()}`,
    createdMs: StreamCreationTimestamp.getTime() as EpochMs,
    recordBytesMax: (MaxRecordSizeInKiB ?? RECORD_KIB) * KIB,
    retentionMs: (RetentionPeriodHours ?? RETENTION_HOURS) * HOUR_MS,
  };
};
