import { type EpochMs, sequenceNumber, shardId } from "@freshet/model";
import type { FirehoseEvent, FirehoseOutcome, FirehoseRecord, FirehoseResponse } from "./event.js";
import { encodeLine } from "./line.js";

/** Lambda answers with at most 6 MB; the rest is for what stands around the data. */
const RESPONSE_BYTES_MAX = 5_500_000;
/** What an outcome takes beside its data. */
const OUTCOME_BYTES = 200;

/** The line of a record, in base64; null: it has no position. */
const lineOf = ({ data, kinesisRecordMetadata: at }: FirehoseRecord, stream: string): string | null => {
  if (!at || stream === "") return null;
  const line = encodeLine({
    stream,
    shard: shardId(at.shardId),
    sequence: sequenceNumber(BigInt(at.sequenceNumber)),
    subsequence: Number(at.subsequenceNumber ?? 0),
    arrivalMs: at.approximateArrivalTimestamp as EpochMs,
    data: Buffer.from(data, "base64"),
  });
  return Buffer.from(line, "utf8").toString("base64");
};

/**
 * The transform of a Firehose that reads a stream: writes each record's position beside it. It reads nothing, keeps
 * nothing and counts nothing, so that an invocation may be repeated.
 *
 * What has no position, or no room in the answer, is `ProcessingFailed`: it is found under the error prefix, and read from the log.
 */
export const transformDelivery = ({
  sourceKinesisStreamArn = "",
  records,
}: FirehoseEvent): FirehoseResponse => {
  let bytes = 0;
  const outcomes = records.map((record): FirehoseOutcome => {
    const { recordId } = record;
    const data = lineOf(record, sourceKinesisStreamArn);
    const size = OUTCOME_BYTES + (data?.length ?? 0);
    if (data === null || bytes + size > RESPONSE_BYTES_MAX) return { recordId, result: "ProcessingFailed" };
    bytes += size;
    return { recordId, result: "Ok", data };
  });
  return { records: outcomes };
};
